// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_evaluate_plan.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wend/routers/train_factory.h"
#include "wend/trips/train_tune.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

Result<std::vector<eval::Fold>> make_folds(const EvaluateRequest& request,
                                           const data::OutcomeTable& table) {
  return request.protocol == Protocol::kSplit
             ? eval::split_folds(table, request.folds)
             : eval::leave_one_dataset_out_folds(table, request.folds);
}

Status plan_runs(const std::vector<routers::RouterSpec>& asked,
                 const data::OutcomeTable& table,
                 eval::ColdStart cold,
                 Evaluation& evaluation) {
  std::vector<routers::RouterSpec> fit;
  for (const routers::RouterSpec& spec : asked) {
    Status needs = routers::check_needs(spec, table);
    if (needs) {
      fit.push_back(spec);
    } else if (spec.named == routers::Named::kByAll) {
      evaluation.notes.push_back("left out: " + needs.error().message);
    } else {
      return needs;
    }
  }
  for (eval::PlannedRow& row : eval::plan_rows(std::move(fit), cold)) {
    evaluation.runs.push_back({std::move(row)});
  }
  return {};
}

/// A label of one tree says nothing in another.
Status check_labels_fit(const routers::RouterSpec& spec,
                        const data::OutcomeTable& trained_on,
                        const data::OutcomeTable& scored_on) {
  if (spec.name != "agentic" || trained_on.taxonomy == scored_on.taxonomy) {
    return {};
  }
  return fail(Code::kFailedPrecondition,
              "router '{}': '{}' is labelled with other task types than '{}'; label it with "
              "wend annotate --dataset {} --from {}",
              spec.text,
              scored_on.dataset,
              trained_on.dataset,
              scored_on.dataset,
              trained_on.dataset);
}

/// Fills in what a row may know before it is asked for choices on a fold.
Status add_what_is_known(const EvaluateRequest& request,
                         const PreparedData& prepared,
                         const eval::Fold& fold,
                         ChoiceNeed& need) {
  need.known = &prepared.table;
  need.train = fold.split.train;
  if (need.place.source == eval::Source::kColdStart) {
    need.known = &request.train_on->table;
    need.train =
        TRY(eval::cold_start_fold(*need.known, request.folds.normaliser, prepared.table, fold))
            .split.train;
  }
  return {};
}

/// A table holds yardsticks that have nothing to try, so it is worth a note only where that is true
/// of every router.
std::optional<std::string> tuning_note(const EvaluateRequest& request,
                                       const PreparedData& prepared) {
  std::vector<std::string> untuned;
  for (const routers::RouterSpec& spec : request.routers) {
    const bool cold_too =
        request.train_on != nullptr && can_be_tuned(spec, request.train_on->tasks_from);
    if (!cold_too && !can_be_tuned(spec, prepared.tasks_from)) {
      untuned.push_back(spec.text);
    }
  }
  const bool is_idle = request.tune > 0 && untuned.size() == request.routers.size();
  return is_idle ? std::optional(nothing_to_try(untuned)) : std::nullopt;
}

}  // namespace

bool is_asked_for(const eval::PlannedRow& row) {
  return row.spec.name == "prompt_llm";
}

Result<Evaluation> plan_evaluation(const EvaluateRequest& request, const PreparedData& prepared) {
  Evaluation evaluation;
  evaluation.folds = TRY(make_folds(request, prepared.table));
  const auto cold =
      request.train_on == nullptr ? eval::ColdStart::kNone : eval::ColdStart::kWithBlock;
  TRY(plan_runs(request.routers, prepared.table, cold, evaluation));
  for (const routers::RouterSpec& spec : request.routers) {
    if (request.train_on != nullptr) {
      TRY(check_labels_fit(spec, request.train_on->table, prepared.table));
    }
  }
  if (auto note = tuning_note(request, prepared)) {
    evaluation.notes.push_back(*std::move(note));
  }
  return evaluation;
}

Result<std::vector<ChoiceNeed>> choice_needs(const EvaluateRequest& request,
                                             const PreparedData& prepared) {
  const Evaluation planned = TRY(plan_evaluation(request, prepared));
  std::vector<ChoiceNeed> needs;
  for (const eval::RouterRun& run : planned.runs) {
    for (std::size_t fold = 0; is_asked_for(run.row) && fold < planned.folds.size(); ++fold) {
      needs.push_back({{run.row.spec.text, run.row.source, fold},
                       run.row.spec,
                       planned.folds[fold].split.test,
                       nullptr,
                       {}});
      TRY(add_what_is_known(request, prepared, planned.folds[fold], needs.back()));
    }
  }
  return needs;
}

}  // namespace wend::trips
