// SPDX-License-Identifier: Apache-2.0
// The evaluator of task types (TRouter 3.2, Table 20): the model revises a set, then chooses
// blindly between the set and its revision, until nothing has changed for some rounds. Which of the
// two stands first is drawn, and so is the order of nodes within each, so that a liking for what
// comes first decides nothing. The order of levels of difficulty is a meaning and stays.
#pragma once

#include <string>
#include <vector>

#include "wend/base/random.h"
#include "wend/synth/node_job.h"

namespace wend::synth {

/// How a round ended.
enum class GateChoice : std::uint8_t {
  kRevised,
  kCurrent,
  kSame,      ///< The revision was the set as it stood; nothing was asked.
  kUnusable,  ///< No reply could be used; the set stays.
};

std::string_view word_of(GateChoice choice);

/// One round as it is kept.
struct GateRound {
  std::vector<std::string> revised;  ///< The names of the revision.
  bool revised_first = false;        ///< As Set A; where a choice was asked for.
  GateChoice choice = GateChoice::kUnusable;
  std::string critique;  ///< The reviser's reasons, cut short.
  std::string reason;    ///< The chooser's.
};

struct GateRules {
  std::size_t stable_rounds = 3;
  std::size_t max_rounds = 10;
};

class QualityGate final : public Job {
 public:
  /// Borrows the voice. Needs a set that is not empty.
  QualityGate(
      const Voice& voice, NodeTask task, NodeSet first, GateRules rules, std::uint64_t seed);

  bool done() const override { return done_; }

  const Ask& ask() const override { return exchange_.ask(); }

  base::Status take(const std::string& reply) override;

  const NodeSet& nodes() const { return current_; }

  /// The last of them is open until it is done.
  const std::vector<GateRound>& rounds() const { return rounds_; }

 private:
  void begin_round();
  void take_revision(const std::string& reply);
  void take_choice(const std::string& reply);
  void begin_choice();
  void end_round(GateChoice choice);
  NodeSet shown(NodeSet set);
  Ask revise_ask();

  const Voice& voice_;
  NodeTask task_;
  GateRules rules_;
  base::Random random_;
  NodeSet current_;
  NodeSet revised_;
  bool choosing_ = false;
  std::size_t stable_ = 0;
  std::vector<GateRound> rounds_;
  Exchange exchange_;
  bool done_ = false;
};

}  // namespace wend::synth
