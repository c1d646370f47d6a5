// SPDX-License-Identifier: Apache-2.0
#include "wend/label/run_code.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "wend/base/hash.h"
#include "wend/base/parallel.h"
#include "wend/label/code_block.h"
#include "wend/label/python_harness.h"
#include "wend/label/scan.h"
#include "wend/sandbox/sandbox.h"

namespace wend::label {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::json;

namespace {

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string dumped(const json& object) {
  return object.dump(-1, ' ', true, json::error_handler_t::replace);
}

/// Takes the last line off an output.
std::string_view take_last_line(std::string_view& output) {
  output.remove_suffix(output.ends_with('\n') ? 1 : 0);
  const std::size_t before = output.rfind('\n');
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::string_view line = output.substr(begin);
  output = output.substr(0, begin);
  return line;
}

class ConfinedPython final : public CodeRunner {
 public:
  explicit ConfinedPython(std::string python) : python_(std::move(python)) {}

  Result<bool> passes(const CodeTask& task) const override {
    json input = {{"setup", task.setup},
                  {"prompt", task.prompt},
                  {"code", task.code},
                  {"tests", task.tests},
                  {"entry_point", task.entry_point}};
    // A reply that ends everything before its tests cannot say this.
    const std::string token = base::sha256_hex(dumped(input));
    input["token"] = token;
    const std::vector<std::string> words = {python_, "-c", std::string(kPythonHarness)};
    const sandbox::ConfinedRun run =
        TRY(sandbox::run_confined(sandbox::helper_path(), words, dumped(input), {}));
    std::string_view said = run.output;
    if (run.ended.ending != sandbox::Ending::kExited || take_last_line(said) != token) {
      return false;
    }
    if (run.ended.number == kTestsAreBroken) {
      return fail(Code::kInvalidArgument, "the tests are broken: {}", take_last_line(said));
    }
    return run.ended.number == 0;
  }

 private:
  std::string python_;
};

}  // namespace

bool is_scored_by_running(const core::QueryRecord& query) {
  return std::ranges::any_of(std::array{"pass@1", "pass_at_1", "code_eval"},
                             [&](const char* word) { return equal_ascii(query.metric, word); });
}

base::Status check_has_tests(const core::QueryRecord& query) {
  const bool has = query.reference.find_first_not_of(" \t\r\n") != std::string::npos;
  return has ? base::Status() : fail(Code::kFailedPrecondition, "no reference");
}

CodeTask code_task(const core::QueryRecord& query, std::string_view reply) {
  const json extra = json::parse(query.extra_json, nullptr, false);
  CodeTask task;
  task.prompt = query.prompt;
  task.tests = query.reference;
  if (extra.is_object()) {
    task.setup = text_of(extra, "setup");
    task.entry_point = text_of(extra, "entry_point");
  }
  task.code = code_of_reply(reply, task.entry_point);
  return task;
}

Result<std::unique_ptr<CodeRunner>> confined_python(const std::string& python) {
  auto runner = std::make_unique<ConfinedPython>(python);
  CodeTask task;
  task.code = "one = 1";
  task.tests = "assert one == 1";
  const Result<bool> works = runner->passes(task);
  if (!works || !*works) {
    return fail(
        Code::kFailedPrecondition,
        "programs in replies (metric pass@1) are run in a sandbox alone, and none can be "
        "made with '{}' here ({}): let unprivileged users make user namespaces (sysctl "
        "user.max_user_namespaces above 0; in a container a profile that allows unshare and "
        "mount), set label.python to an interpreter that every user may read, or score with "
        "--score judge",
        python,
        works ? "it does not run a program of one line" : works.error().message);
  }
  return runner;
}

std::size_t programs_at_once() {
  const auto pages = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PHYS_PAGES), 0L));
  const auto page_bytes = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PAGESIZE), 0L));
  const std::uint64_t fit = pages * page_bytes / 2 / (sandbox::Limits{}.whole_memory_mb() << 20U);
  return std::clamp<std::size_t>(fit, 1, base::available_threads());
}

}  // namespace wend::label
