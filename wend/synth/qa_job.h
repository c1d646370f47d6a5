// SPDX-License-Identifier: Apache-2.0
// The generator of questions and answers (TRouter 3.2, Table 21): writes them for one task type in
// batches, shows the model how the newest begin, and drops what says the same as one before. A task
// type that does not fill up ends with what it has.
#pragma once

#include <string>
#include <vector>

#include "wend/synth/dedupe.h"
#include "wend/synth/job.h"

namespace wend::synth {

struct QaRules {
  std::size_t shots = 40;
  /// Pairs that each call asks for. What it brings beyond `shots` stays in the ledger.
  std::size_t batch = 8;
  /// Batches beyond those that would do without duplicates.
  std::size_t extra_batches = 4;
  std::size_t shown_stems = 20;
  double most_alike = 0.9;
};

/// A batch of which no reply could be used.
struct FailedBatch {
  std::size_t batch = 0;  ///< Of the batches in order, from 1.
  std::string why;        ///< What was wrong with the last reply.
};

class QaJob final : public Job {
 public:
  /// Batches in a row that bring nothing new, after which no more is asked.
  static constexpr std::size_t kBarrenBatches = 3;

  /// Borrows the voice and the encoder. `profile` is the task type's.
  QaJob(const Voice& voice, const Embed& embed, std::string profile, QaRules rules);

  bool done() const override { return done_; }

  const Ask& ask() const override { return exchange_.ask(); }

  base::Status take(const std::string& reply) override;

  const std::vector<QaPair>& pairs() const { return pairs_; }

  /// New pairs of each batch, in order: the yield.
  const std::vector<std::size_t>& yields() const { return yields_; }

  const std::vector<FailedBatch>& failed_batches() const { return failed_; }

  std::size_t duplicates() const { return duplicates_; }

 private:
  Ask next_ask() const;
  Parsed<std::vector<QaPair>> read_batch(const std::string& reply) const;
  base::Result<std::size_t> keep_new(std::vector<QaPair> batch);
  void end_batch(std::size_t found);

  const Voice& voice_;
  const Embed& embed_;
  std::string profile_;
  QaRules rules_;
  std::vector<QaPair> pairs_;
  std::vector<std::size_t> yields_;
  std::vector<FailedBatch> failed_;
  std::size_t duplicates_ = 0;
  std::size_t barren_ = 0;
  KeptVectors kept_;
  Exchange exchange_;
  bool done_ = false;
};

/// Batches that a task type is asked for at most.
std::size_t most_batches(const QaRules& rules);

}  // namespace wend::synth
