// SPDX-License-Identifier: Apache-2.0
#include "wend/eval/fold.h"

#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace wend::eval {

namespace {

base::Status check_parts(const Fold& fold, const data::OutcomeTable& table, TestPart test_part) {
  const auto& [train, validation, test] = fold.split;
  const bool tested = test_part == TestPart::kNeeded;
  if (!train.empty() && !validation.empty() && !(tested && test.empty())) {
    return {};
  }
  return base::fail(base::Code::kFailedPrecondition,
                    "the split of '{}' with seed {}{}{} has {} train, {} validation and {} test "
                    "queries; expected some in {}: import more queries or change --split",
                    table.dataset,
                    fold.seed,
                    fold.held_out.empty() ? "" : " that holds out ",
                    fold.held_out,
                    train.size(),
                    validation.size(),
                    test.size(),
                    tested ? "each" : "train and validation");
}

/// The validation share counts among train and validation alone, since the test part is given.
data::SplitShares without_test(const data::SplitShares& shares) {
  const double rest = shares.train + shares.validation;
  return {shares.train / rest, shares.validation / rest, 0};
}

constexpr data::SplitShares kColdStartShares{0.75, 0.25, 0};

/// The rows whose data set is another and whose text no row of the held-out one has.
std::vector<std::uint32_t> others(const data::OutcomeTable& table,
                                  const std::vector<std::uint32_t>& rows,
                                  std::string_view held_out,
                                  const std::unordered_set<std::string_view>& test_texts) {
  std::vector<std::uint32_t> kept;
  for (const std::uint32_t row : rows) {
    if (table.queries[row].dataset != held_out &&
        !test_texts.contains(table.normalised_texts[row])) {
      kept.push_back(row);
    }
  }
  return kept;
}

Fold hold_out(const data::OutcomeTable& table,
              const data::Split& everything,
              std::uint64_t seed,
              const std::string& held_out) {
  Fold fold{seed, held_out, {}, {}};
  std::unordered_set<std::string_view> test_texts;
  for (std::uint32_t row = 0; row < table.queries.size(); ++row) {
    if (table.queries[row].dataset == held_out) {
      fold.split.test.push_back(row);
      test_texts.insert(table.normalised_texts[row]);
    }
  }
  fold.split.train = others(table, everything.train, held_out, test_texts);
  fold.split.validation = others(table, everything.validation, held_out, test_texts);
  return fold;
}

base::Status finish(Fold& fold, const data::OutcomeTable& table, const FoldPlan& plan) {
  TRY(check_parts(fold, table, plan.test_part));
  fold.normaliser = data::Normaliser::fit(plan.normaliser, table, fold.split.train);
  return {};
}

}  // namespace

base::Result<std::vector<Fold>> split_folds(const data::OutcomeTable& table, const FoldPlan& plan) {
  std::vector<Fold> folds;
  for (std::size_t i = 0; i < plan.seeds; ++i) {
    const std::uint64_t seed = plan.first_seed + i;
    Fold fold{seed, {}, data::split_rows(table.normalised_texts, plan.shares, seed), {}};
    TRY(finish(fold, table, plan));
    folds.push_back(std::move(fold));
  }
  return folds;
}

base::Result<std::vector<Fold>> leave_one_dataset_out_folds(const data::OutcomeTable& table,
                                                            const FoldPlan& plan) {
  std::set<std::string> datasets;
  for (const core::QueryRecord& query : table.queries) {
    datasets.insert(query.dataset);
  }
  if (datasets.size() < 2) {
    return base::fail(
        base::Code::kFailedPrecondition,
        "'{}' holds {} data set; leave-one-dataset-out expects at least two values of the field "
        "'dataset' in its queries",
        table.dataset,
        datasets.size());
  }
  std::vector<Fold> folds;
  for (std::size_t i = 0; i < plan.seeds; ++i) {
    const std::uint64_t seed = plan.first_seed + i;
    const data::Split everything =
        data::split_rows(table.normalised_texts, without_test(plan.shares), seed);
    for (const std::string& held_out : datasets) {
      Fold fold = hold_out(table, everything, seed, held_out);
      TRY(finish(fold, table, plan));
      folds.push_back(std::move(fold));
    }
  }
  return folds;
}

base::Result<Fold> cold_start_fold(const data::OutcomeTable& table,
                                   data::NormaliserKind normaliser,
                                   const data::OutcomeTable& test_table,
                                   const Fold& test) {
  std::unordered_set<std::string_view> test_texts;
  for (const std::uint32_t row : test.split.test) {
    test_texts.insert(test_table.normalised_texts[row]);
  }
  Fold fold{test.seed, {}, data::split_rows(table.normalised_texts, kColdStartShares, test.seed)};
  for (std::vector<std::uint32_t>* rows : {&fold.split.train, &fold.split.validation}) {
    std::erase_if(
        *rows, [&](std::uint32_t row) { return test_texts.contains(table.normalised_texts[row]); });
  }
  if (fold.split.train.empty() || fold.split.validation.empty()) {
    return base::fail(
        base::Code::kFailedPrecondition,
        "--train-on '{}' with seed {} leaves {} queries to train on and {} to validate "
        "on; expected some of each",
        table.dataset,
        fold.seed,
        fold.split.train.size(),
        fold.split.validation.size());
  }
  fold.normaliser = data::Normaliser::fit(normaliser, table, fold.split.train);
  return fold;
}

}  // namespace wend::eval
