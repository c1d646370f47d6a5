// SPDX-License-Identifier: Apache-2.0
// Where a machine allows no sandbox the programs are skipped, with its own sentence.
#include "wend/label/run_code.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace wend::label {
namespace {

using ::testing::HasSubstr;

TEST(CodeTask, IsMadeOfTheQueryAndTheReply) {
  core::QueryRecord query;
  query.prompt = "Write f.";
  query.reference = "assert f() == 1";
  query.metric = "PASS@1";
  query.extra_json = R"({"entry_point":"f","setup":"import math","split":"test"})";
  EXPECT_TRUE(is_scored_by_running(query));
  const CodeTask task = code_task(query, "```python\ndef f(): return 1\n```\n```\nf()\n```");
  EXPECT_EQ(task.code, "def f(): return 1\n");
  EXPECT_EQ(task.tests, "assert f() == 1");
  EXPECT_EQ(task.entry_point, "f");
  EXPECT_EQ(task.setup, "import math");
  query.extra_json = R"({"entry_point":7})";
  EXPECT_EQ(code_task(query, "").entry_point, "");
  query.metric = "pass";
  EXPECT_FALSE(is_scored_by_running(query));
}

class ConfinedPython : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = confined_python("python3");
    if (made) {
      runner = *std::move(made);
    } else {
      refusal = made.error().message;
    }
  }

  static void TearDownTestSuite() { runner.reset(); }

  void SetUp() override {
    if (runner == nullptr) {
      GTEST_SKIP() << refusal;
    }
  }

  static bool passes(const CodeTask& task) {
    const auto passed = runner->passes(task);
    EXPECT_TRUE(passed) << passed.error().message;
    return passed.value_or(false);
  }

  /// Of a reply to a query whose tests are these.
  static bool passes(const std::string& code, const std::string& tests) {
    return passes(CodeTask{"", "Write a function.", code, tests, ""});
  }

  static std::string broken(const CodeTask& task) {
    const auto passed = runner->passes(task);
    return passed ? "it was run" : passed.error().message;
  }

  static inline std::unique_ptr<CodeRunner> runner;
  static inline std::string refusal;
};

TEST_F(ConfinedPython, RunsTestsOfEveryForm) {
  const std::string right = "def add(a, b):\n  return a + b\n";
  const std::string wrong = "def add(a, b):\n  return a - b\n";
  const std::string unittest =
      "import unittest\nclass Add(unittest.TestCase):\n"
      "  def test_it(self):\n    self.assertEqual(add(2, 3), 5)";
  for (const std::string& tests : std::vector<std::string>{
           "assert add(2, 3) == 5",
           "['assert add(2, 3) == 5', \"assert add('a', 'b') == 'ab'\"]",
           R"(["assert add(2, 3) == 5", "assert add(-1, 1) == 0"])",
           "def test_add():\n  assert add(2, 3) == 5\ndef test_fixture(tmp_path):\n  assert False",
           "def test_add():\n  assert add(2, 3) == 5\ntest_add()",
           unittest}) {
    EXPECT_TRUE(passes(right, tests)) << tests;
    EXPECT_FALSE(passes(wrong, tests)) << tests;
    EXPECT_FALSE(passes("", tests)) << tests;
  }
}

TEST_F(ConfinedPython, ChecksTheEntryPointAsHumanEvalHasIt) {
  CodeTask task;
  task.prompt =
      "from typing import List\ndef zero(): return 0\ndef most(xs: List[int]) -> int:\n"
      "    \"\"\" The largest. \"\"\"\n";
  task.tests = "METADATA = {}\ndef check(candidate):\n    assert candidate([1, 3, 2]) == 3\n";
  // The whole function, which needs the prompt's imports; what goes on from the prompt; neither.
  task.code = "def most(xs: List[int]) -> int:\n    return max(xs + [zero()])\n";
  EXPECT_TRUE(passes(task));
  task.code = "    return max(xs)\n";
  EXPECT_TRUE(passes(task));
  task.code = "  def most(xs):\n    return max(xs)\n";
  EXPECT_TRUE(passes(task));
  task.code = "";
  EXPECT_FALSE(passes(task));
  task.code = "Use max.";
  EXPECT_FALSE(passes(task));
  task.code = "def largest(xs): return max(xs)\n";
  task.entry_point = "largest";
  EXPECT_TRUE(passes(task));
  task.tests += "check(largest)\nchecked = 1\n";
  EXPECT_TRUE(passes(task));
}

TEST_F(ConfinedPython, IsNotPassedByAnEndBeforeTheTests) {
  const std::string tests = "assert False";
  for (const char* const code :
       {"exit(0)",
        "import os; os._exit(0)",
        "import os; os._exit(86)",
        "raise SystemExit",
        "import sys; print('0' * 64); sys.exit()",
        "import atexit, os\natexit.register(lambda: os._exit(0))",
        "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
        "import threading\nthreading.Thread(target=lambda: None).start()",
        "while True:\n  try:\n    x = [0] * 10 ** 9\n  except MemoryError:\n    break",
        "def f(): return f()\nf()",
        "import ctypes\nctypes.string_at(0)"}) {
    EXPECT_FALSE(passes(code, tests)) << code;
  }
}

TEST_F(ConfinedPython, IsAModuleThatIsNotTheMainOne) {
  EXPECT_TRUE(
      passes("from __future__ import annotations\nimport dataclasses, pickle\n"
             "@dataclasses.dataclass\nclass P:\n  x: int\n"
             "if __name__ == '__main__':\n  raise SystemExit(input())\n"
             "def f():\n  print('noise', end='')\n  return pickle.loads(pickle.dumps(P(3))).x",
             "assert f() == 3\nprint('more')"));
}

TEST_F(ConfinedPython, SaysWhatOfTheTestsIsBroken) {
  EXPECT_THAT(broken({"", "", "x = 1", "assert x ==", ""}),
              HasSubstr("broken: they are no program"));
  EXPECT_THAT(broken({"", "", "x = 1", "# nothing", ""}), HasSubstr("they are no program"));
  EXPECT_THAT(broken({"import no_such_module", "", "x = 1", "assert x", ""}),
              HasSubstr("No module named 'no_such_module'"));
  EXPECT_THAT(broken({"", "Write f.", "x = 1", "def check(f):\n  assert f", ""}),
              HasSubstr("entry_point"));
}

TEST_F(ConfinedPython, TakesAnyBytes) {
  EXPECT_FALSE(passes(std::string("x = '\0\xFF\xC3'", 9), "assert x"));
  EXPECT_TRUE(passes("x = 'é\xE2\x80\xA8 \xF0\x9F\x98\x80'", "assert len(x) == 4"));
  EXPECT_FALSE(passes(std::string(1 << 20, '('), "assert True"));
}

TEST_F(ConfinedPython, RunsManySideBySide) {
  constexpr int kPrograms = 100;
  std::atomic<int> next{0};
  std::atomic<int> right{0};
  const auto work = [&] {
    for (int i = next++; i < kPrograms; i = next++) {
      const std::string code = "def f(n): return n * " + std::to_string(i);
      right += passes(code, "assert f(7) == " + std::to_string(7 * (i - i % 2))) ? 1 : 0;
    }
  };
  std::thread other(work);
  work();
  other.join();
  EXPECT_EQ(right, kPrograms / 2);
}

TEST(ConfinedPythonAtAPath, RefusesWhatIsNoInterpreter) {
  EXPECT_THAT(confined_python("no-such-python").error().message,
              HasSubstr("are run in a sandbox alone"));
  EXPECT_THAT(confined_python("/bin/true").error().message, HasSubstr("'/bin/true'"));
}

}  // namespace
}  // namespace wend::label
