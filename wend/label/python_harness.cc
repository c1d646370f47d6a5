// SPDX-License-Identifier: Apache-2.0
#include "wend/label/python_harness.h"

namespace wend::label {

const std::string_view kPythonHarness = R"py(
import ast, functools, inspect, json, os, sys, textwrap, types, unittest

TESTS_ARE_BROKEN = 86


def parsed(text):
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def functions_of(tree):
    return [node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))] if tree else []


def whole_program(code, prompt):
    """The code as it is, without an indentation of its own, or as what goes on from the prompt."""
    bare = textwrap.dedent(code)
    begun = prompt + "\n" + code
    for text in (code, bare, begun) if functions_of(parsed(bare)) else (code, begun, bare):
        try:
            compile(text, "reply", "exec")
            return text
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            pass
    return code


def statements(tests):
    """A list of statements, as MBPP has its tests, is a program of them."""
    try:
        listed = ast.literal_eval(tests.strip())
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return tests
    is_list = isinstance(listed, list) and all(isinstance(test, str) for test in listed)
    return "\n".join(listed) if is_list else tests


def run(name, text, module):
    exec(compile(text, name, "exec"), module.__dict__)


def functions_to_call(tree):
    """Those that the tests define and do not call themselves."""
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return [name for name in functions_of(tree) if name not in called]


def run_functions(tree, module, entry_point):
    """check(entry point), test...(), unittest's cases."""
    for name in functions_to_call(tree):
        if name == "check":
            module.check(getattr(module, entry_point))
        elif name.startswith("test") and not inspect.signature(getattr(module, name)).parameters:
            getattr(module, name)()
    for node in tree.body:
        kind = getattr(module, node.name, None) if isinstance(node, ast.ClassDef) else None
        if isinstance(kind, type) and issubclass(kind, unittest.TestCase):
            suite = unittest.defaultTestLoader.loadTestsFromTestCase(kind)
            assert unittest.TextTestRunner(verbosity=0).run(suite).wasSuccessful()


def end(status, words, token):
    """No reply knows the token, so that none can end so."""
    sys.stdout.flush()
    os.write(1, ("\n" + words + "\n" + token + "\n").encode(errors="replace"))
    os._exit(status)


def main():
    task = json.load(sys.stdin)
    broken = functools.partial(end, TESTS_ARE_BROKEN, token=task["token"])
    prompt, tests = task["prompt"], statements(task["tests"])
    names = functions_of(parsed(prompt))
    entry_point = task["entry_point"] or (names[-1] if names else "")
    tree = parsed(tests)
    if tree is None or not tree.body:
        broken("they are no program")
    if "check" in functions_to_call(tree) and not entry_point:
        broken("they define check and nothing says what it is to be called with (entry_point)")
    module = types.ModuleType("reply")
    sys.modules["reply"] = module
    try:
        run("setup", task["setup"], module)
        run("prompt", prompt if names else "", module)
    except BaseException as error:
        broken("before the reply: %r" % error)
    run("reply", whole_program(task["code"], prompt), module)
    run("tests", tests, module)
    run_functions(tree, module, entry_point)
    end(0, "passed", task["token"])


main()
)py";

}  // namespace wend::label
