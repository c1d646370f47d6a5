// SPDX-License-Identifier: Apache-2.0
// The trip of `wend taxonomy grow`: a trained router learns task types that it lacks. In order: the
// branch and its questions, which a model writes as `wend synth` has them written; the answers of
// the router's models, scored as `wend label` scores them; what was observed of each new task type.
// Every call goes through the ledger, and none is about what was there before. upkeep_grow.h
// appends what comes of it to the artifact.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/trips/label.h"
#include "wend/trips/synth.h"
#include "wend/trips/upkeep_artifact.h"
#include "wend/trips/upkeep_grow.h"

namespace wend::trips {

struct GrowRequest {
  std::string under;        ///< Id of the node that gets further children; empty: new domains.
  std::string describe;     ///< The questions that they are to hold.
  std::string dataset;      ///< The collection that the router was trained on.
  std::string name;         ///< Of the branch's collection; empty: made of the three above.
  std::size_t at_most = 0;  ///< Children of `under` at most; 0: as many as the caps leave room for.
  std::string generator;
  std::optional<std::uint64_t> shots;
  label::Scoring scoring = label::Scoring::kBoth;
  std::string judge;
  SelfJudging self_judging = SelfJudging::kRefused;
  std::optional<double> budget;
  std::uint64_t seed = 1;
  std::size_t threads = 0;
};

struct GrowEstimate {
  synth::Estimate writing;
  LabelEstimate answers;
  bool is_known = false;  ///< Whether the questions are there, so that the answers are no guess.

  std::size_t calls() const { return writing.calls + answers.calls(); }

  double cost() const { return writing.cost + answers.cost(); }
};

struct GrowResult {
  SynthResult writing;
  std::optional<LabelResult> answers;  ///< Nothing where the questions were not finished.
  llm::RunReport run;                  ///< Calls and money of both.

  /// Whether every question is there and was put to every model.
  bool is_whole() const;
};

class GrowTrip {
 public:
  /// Finds the place and puts everything together. Fails where the artifact cannot grow there, has
  /// a model that is not configured or another encoder, and where the store lacks the collection.
  /// Calls nobody.
  static base::Result<std::unique_ptr<GrowTrip>> prepare(GrowRequest request,
                                                         const ml::Artifact& artifact,
                                                         store::Store& store,
                                                         const Config& config);

  /// What there is to do, and what it takes: at most, as long as the branch is not known. Once.
  /// `store` is kept for the run.
  base::Result<GrowEstimate> estimate(core::CallLedger& ledger, store::Store& store);

  /// Whether calls can be made: the keys, the encoder, and prices where there is a budget.
  base::Status check_ready();

  /// Does it, after estimate().
  base::Result<GrowResult> run(store::Store& store,
                               core::CallLedger& ledger,
                               base::Progress& progress);

  /// What the store has of the branch by now, as rows to append. Needs a result that is whole.
  base::Result<Growth> growth(store::Store& store);

  /// Of the new questions.
  const std::string& collection() const { return request_.name; }

  /// Of the old ones: what the router was trained on, and the branches that it has grown by.
  std::vector<std::string> old_collections() const;

  TextEmbedder& embedder() { return embedder_; }

 private:
  GrowTrip(GrowRequest request, UpkeepArtifact before, TextEmbedder embedder, const Config& config)
      : request_(std::move(request)),
        before_(std::move(before)),
        embedder_(std::move(embedder)),
        config_(config) {}

  base::Status prepare_writing(store::Store& store);
  base::Status prepare_answers(data::Dataset questions, std::optional<double> budget);

  GrowRequest request_;
  UpkeepArtifact before_;
  TextEmbedder embedder_;
  Config config_;
  std::unique_ptr<SynthTrip> writing_;
  std::unique_ptr<LabelTrip> answers_;
};

}  // namespace wend::trips
