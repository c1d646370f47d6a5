// SPDX-License-Identifier: Apache-2.0
// The trip of `wend eval`: every router trained on every fold, replayed on its test rows by the
// policy that route and serve run, and one table of it all.
#pragma once

#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/eval/fold.h"
#include "wend/eval/run.h"
#include "wend/eval/significance.h"
#include "wend/routers/spec.h"
#include "wend/trips/from_data.h"
#include "wend/trips/llm_choices.h"

namespace wend::trips {

enum class Protocol { kSplit, kLeaveOneDatasetOut };

/// "split" or "leave-one-dataset-out"; the error lists what this version has.
base::Result<Protocol> parse_protocol(std::string_view name);

struct EvaluateRequest {
  std::vector<routers::RouterSpec> routers;
  std::vector<std::string> artifacts;  ///< Folders of trained routers to score beside them.
  Protocol protocol = Protocol::kSplit;
  eval::FoldPlan folds;
  /// The collection of the cold-start block (wend eval --train-on), with the pool's models; null:
  /// no such block. Its normaliser is then everybody's, so that all are scored on one scale.
  const PreparedData* train_on = nullptr;
  /// What prompt_llm rows choose; null where choice_needs finds none.
  const LlmChoices* choices = nullptr;
  std::size_t threads = 0;
  /// Trials for each router that can be tuned, on each fold; their records are kept under `out`.
  std::size_t tune = 0;
  std::string out;  ///< Folder for artifacts/ROUTER/seed-N; empty: they are not kept.
};

/// All runs of an evaluation, from which the report and the decisions are made.
struct Evaluation {
  std::vector<eval::Fold> folds;
  std::vector<eval::RouterRun> runs;
  /// One sentence for each router that was left out, and on what else differs from what was asked.
  std::vector<std::string> notes = {};
};

/// The choices that the evaluation needs of language models before it: those of its prompt_llm
/// rows. Fails where the evaluation would before its first training, so that nothing is paid for in
/// vain.
base::Result<std::vector<ChoiceNeed>> choice_needs(const EvaluateRequest& request,
                                                   const PreparedData& prepared);

/// Trains, saves where asked, replays. What routers of one fold share is made once. A router whose
/// needs the collection does not meet is left out with a note where "all" brought it in, and an
/// error where it was named. progress may be null.
base::Result<Evaluation> evaluate(const EvaluateRequest& request,
                                  const PreparedData& prepared,
                                  base::Progress* progress);

}  // namespace wend::trips
