// SPDX-License-Identifier: Apache-2.0
#include "wend/store/row_parsers.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "wend/base/suggest.h"
#include "wend/store/json_row.h"

namespace wend::store {
namespace {

std::string extra_object(const JsonRow& row) {
  std::string extra = row.ok() ? row.extra() : std::string();
  return extra.empty() ? "{}" : extra;
}

/// Nothing where the row does not say.
std::optional<core::OutcomeStatus> take_status(JsonRow& row) {
  static const std::vector<std::string> kNames = {"ok", "failed", "unscored"};
  const std::string name = row.optional_text("status");
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (name == kNames[i]) {
      return static_cast<core::OutcomeStatus>(i);
    }
  }
  if (!name.empty()) {
    row.refuse("unknown status",
               fmt::format("'status' is '{}', expected ok, failed or unscored{}",
                           name,
                           base::did_you_mean(name, kNames)));
  }
  return std::nullopt;
}

/// A null quality without a status is an outcome that nobody scored. The number beside `failed` or
/// `unscored` is no measurement.
void take_quality(JsonRow& row, core::Outcome& outcome) {
  const std::optional<core::OutcomeStatus> status = take_status(row);
  outcome.status = status.value_or(core::OutcomeStatus::kOk);
  const bool is_null = row.is_null("quality");
  const bool is_there = row.has("quality");
  const std::optional<double> quality = row.optional_number("quality", 1);
  if (outcome.status != core::OutcomeStatus::kOk) {
    return;
  }
  if (quality) {
    outcome.quality = static_cast<float>(*quality);
  } else if (is_null && !status) {
    outcome.status = core::OutcomeStatus::kUnscored;
  } else if (is_null) {
    row.refuse("status ok without quality",
               "'status' is 'ok' but 'quality' is null; write 'unscored' or a number");
  } else if (!is_there) {
    row.refuse_missing("quality", "a number from 0 to 1");
  }
}

}  // namespace

RowResult<core::QueryRecord> parse_query_row(std::string_view line, KeyHints* hints) {
  JsonRow row(line, hints);
  core::QueryRecord query;
  query.id = row.required_text("id");
  query.dataset = row.present_text("dataset");
  query.task = row.present_text("task");
  query.context = row.optional_text("context");
  query.prompt = row.present_text("prompt");
  query.reference = row.optional_text_or_json("reference");
  query.metric = row.optional_text("metric");
  query.extra_json = extra_object(row);
  return row.result(std::move(query));
}

RowResult<core::ModelCard> parse_model_row(std::string_view line, KeyHints* hints) {
  JsonRow row(line, hints);
  core::ModelCard model;
  model.id = row.required_text("id");
  model.params_b = row.optional_number("params_b");
  model.input_price_per_mtok = row.optional_number("input_price_per_mtok");
  model.output_price_per_mtok = row.optional_number("output_price_per_mtok");
  model.extra_json = extra_object(row);
  return row.result(std::move(model));
}

RowResult<OutcomeRow> parse_outcome_row(std::string_view line, KeyHints* hints) {
  JsonRow row(line, hints);
  OutcomeRow parsed;
  parsed.query_id = row.required_text("query_id");
  parsed.model = row.required_text("model");
  core::Outcome& outcome = parsed.outcome;
  outcome.draw = row.optional_count("draw").value_or(0);
  take_quality(row, outcome);
  outcome.input_tokens = row.optional_count("input_tokens");
  outcome.output_tokens = row.optional_count("output_tokens");
  outcome.cost = row.optional_number("cost");
  if (const auto latency_s = row.optional_number("latency_s")) {
    outcome.latency_s = static_cast<float>(*latency_s);
  }
  if (row.ok()) {
    outcome.extra_json = row.extra();
  }
  return row.result(std::move(parsed));
}

RowResult<LabelRow> parse_label_row(std::string_view line, KeyHints* hints) {
  static constexpr double kSmallestWeight =
      1e-9;  // Weights are floats and are divided by their sum.
  JsonRow row(line, hints);
  LabelRow label;
  label.query_id = row.required_text("query_id");
  label.task_id = row.required_text("task_id");
  const double weight = row.optional_number("weight").value_or(1.0);
  if (weight < kSmallestWeight) {
    row.refuse("'weight' not above 0",
               fmt::format("'weight' is {}, expected a number above 0", weight));
  }
  label.weight = static_cast<float>(weight);
  return row.result(std::move(label));
}

RowResult<ReplyRow> parse_reply_row(std::string_view line, KeyHints* hints) {
  JsonRow row(line, hints);
  return row.result(ReplyRow{row.required_text("id"), std::string(line)});
}

}  // namespace wend::store
