// SPDX-License-Identifier: Apache-2.0
// pass@1: a reply's program, run against the tests that its query has.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/core/query.h"

namespace wend::label {

/// Whether the query's metric is pass@1, by any of its words: a reply is scored by running it.
bool is_scored_by_running(const core::QueryRecord& query);

/// Why no reply to such a query can be scored: it has no tests.
base::Status check_has_tests(const core::QueryRecord& query);

/// A program of Python and what it is held to (docs/formats/metrics.md).
struct CodeTask {
  std::string setup;        ///< Runs first.
  std::string prompt;       ///< Runs next where it is a program: the head of a function to write.
  std::string code;         ///< The reply's.
  std::string tests;        ///< Statements, a list of them, or functions that test.
  std::string entry_point;  ///< What `check` of the tests is called with; may be empty.
};

CodeTask code_task(const core::QueryRecord& query, std::string_view reply);

/// Runs programs. Any thread may call it, and several at once.
class CodeRunner {
 public:
  virtual ~CodeRunner() = default;

  /// Whether the tests were run to their end and none failed. Fails where that cannot be told: the
  /// tests themselves are broken, or nothing can be run.
  virtual base::Result<bool> passes(const CodeTask& task) const = 0;
};

/// A runner that confines what it runs (wend/sandbox) to its default limits, under the
/// interpreter `python`: a name that is looked for in the system's folders, or a path. Fails, once
/// and before anything is run, where this machine does not allow the confinement.
base::Result<std::unique_ptr<CodeRunner>> confined_python(const std::string& python);

/// How many programs may run at once here: one a processor, and no more than would fit, all of them
/// at their limits, in half of the machine's memory.
std::size_t programs_at_once();

}  // namespace wend::label
