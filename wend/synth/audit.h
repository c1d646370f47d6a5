// SPDX-License-Identifier: Apache-2.0
// Reference answers, looked over by a second model (TRouter, appendix D): it says whether an answer
// is right, or, where a program can compare, answers the question itself.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "wend/core/call_ledger.h"
#include "wend/llm/call_runner.h"
#include "wend/synth/caller.h"
#include "wend/synth/exchange.h"
#include "wend/synth/job.h"

namespace wend::synth {

struct AuditItem {
  std::string question;
  std::string answer;
  bool solve = false;  ///< Whether the auditor answers, unaware of the answer.
};

/// What was said of an item. Neither where no reply could be used or none came.
struct AuditFinding {
  std::optional<bool> right;         ///< The verdict.
  std::optional<std::string> reply;  ///< Of an item to solve.
};

class AuditPlan final : public llm::CallPlan {
 public:
  using Tell = std::function<void(const llm::RunReport&)>;

  AuditPlan(std::vector<AuditItem> items, Generator auditor, Prompts prompts, Form form);

  /// Takes what a ledger has. Once, before the run.
  base::Status replay(core::CallLedger& ledger);

  /// Calls that are left, and what they take.
  RoleCount estimate() const;

  void tell_to(Tell tell) { tell_ = std::move(tell); }

  /// Parallel to the items.
  const std::vector<AuditFinding>& findings() const { return findings_; }

  std::size_t reused() const { return reused_; }

  std::size_t malformed() const { return malformed_; }

  /// Whether every item has been asked to its end.
  bool is_whole() const { return left_ == 0; }

  base::Result<std::optional<llm::PlannedCall>> next(std::size_t lane) override;
  bool expects_more(std::size_t lane) const override;
  base::Status take(std::size_t cell, llm::CallResult<llm::PaidReply> result) override;
  void skip(std::size_t cell) override;

  void progress(const llm::RunReport& report) override { tell_(report); }

 private:
  void take_reply(std::size_t item, const std::string& reply);

  std::vector<AuditItem> items_;
  Voice voice_;
  Caller caller_;
  std::vector<Exchange> exchanges_;  // Parallel to the items.
  std::vector<AuditFinding> findings_;
  std::vector<std::size_t> ready_;  // Items to ask, the next at the end.
  std::size_t under_way_ = 0;
  std::size_t left_ = 0;  // Items without an end.
  std::size_t reused_ = 0;
  std::size_t malformed_ = 0;
  Tell tell_ = [](const llm::RunReport&) {};
};

}  // namespace wend::synth
