// SPDX-License-Identifier: Apache-2.0
// The whole synthesis, or that of a branch, as the calls that llm::run_calls makes: the tree grows
// as sets of task types are settled, and every leaf fills with questions. Any number of nodes are
// at work at once; what comes of each depends on its own replies alone, and the whole is put
// together in the order of the tree.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wend/core/call_ledger.h"
#include "wend/llm/call_runner.h"
#include "wend/synth/caller.h"
#include "wend/synth/qa_job.h"
#include "wend/synth/quality_gate.h"
#include "wend/synth/settings.h"
#include "wend/synth/synthesis.h"

namespace wend::synth {

/// What is left to do, as far as it can be expected before the tree is known: sets as large as they
/// may be, which settle soon, and replies that can be used.
struct Estimate {
  std::size_t reused = 0;  ///< Calls whose replies are in the ledger.
  std::size_t calls = 0;
  std::size_t most_calls = 0;  ///< Whatever the model says.
  double input_tokens = 0;
  double output_tokens = 0;
  double cost = 0;
  std::size_t unpriced_calls = 0;
  std::array<RoleCount, kRoles> by_role;
  std::size_t leaves = 0;  ///< Of the tree as it is expected to become.
  std::size_t pairs = 0;
};

/// How far a synthesis has come.
struct Standing {
  std::size_t nodes = 0;   ///< Of the tree so far.
  std::size_t leaves = 0;  ///< Of them, those that questions are written for.
  std::size_t leaves_done = 0;
  std::size_t pairs = 0;
  std::size_t malformed = 0;
  std::uint64_t input_tokens = 0;  ///< Of new replies.
  std::uint64_t output_tokens = 0;
  std::map<std::string, std::size_t> failures = {};  ///< Sentences of failed calls, twenty kinds.
};

class Plan final : public llm::CallPlan {
 public:
  using Tell = std::function<void(const llm::RunReport&)>;

  /// Borrows the encoder, which is called on the run's thread.
  Plan(Settings settings, Generator generator, Embed embed);
  ~Plan() override;

  /// Goes as far as the replies of a ledger lead. Once, before the run.
  base::Status replay(core::CallLedger& ledger);

  Estimate estimate() const;

  void tell_to(Tell tell) { tell_ = std::move(tell); }

  /// Whether everything there is to ask has been asked and answered.
  bool is_whole() const;

  const Standing& standing() const { return standing_; }

  std::size_t reused() const { return reused_; }

  /// What has come of it, in the order of the tree. Needs is_whole().
  base::Result<Synthesis> result() const;

  base::Result<std::optional<llm::PlannedCall>> next(std::size_t lane) override;
  bool expects_more(std::size_t lane) const override;
  base::Status take(std::size_t cell, llm::CallResult<llm::PaidReply> result) override;
  void skip(std::size_t cell) override;

  void progress(const llm::RunReport& report) override { tell_(report); }

 private:
  struct Node;

  void add_root();
  void add_path(const std::vector<PathNode>& path);
  std::size_t add_node(std::size_t parent, const NodeDraft& draft, std::string id);
  void add_child(std::size_t parent, const NodeDraft& draft);
  void begin_work(std::size_t node);
  void begin_pairs(std::size_t node);
  base::Status take_reply(std::size_t node, const std::string& reply);
  void go_on(std::size_t node);
  void settle_children(std::size_t node);
  std::vector<NodeDraft> path_of(std::size_t node) const;
  std::optional<NodeTask> task_of(std::size_t node) const;
  std::size_t most_calls() const;
  void collect(std::size_t node, Synthesis& into, std::vector<core::TaskNode>& nodes) const;

  Settings settings_;
  Embed embed_;
  Voice voice_;
  Caller caller_;
  std::vector<std::unique_ptr<Node>> nodes_;  // In the order in which they came.
  std::size_t top_ = 0;                       // Whose children come first: the root, or where a
                                              // branch grows.
  std::deque<std::size_t> ready_;             // Nodes whose job has something to ask.
  std::size_t under_way_ = 0;
  std::size_t lost_ = 0;  // Nodes whose call failed or was skipped.
  std::size_t reused_ = 0;
  Standing standing_;
  Tell tell_ = [](const llm::RunReport&) {};
};

}  // namespace wend::synth
