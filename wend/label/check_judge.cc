// SPDX-License-Identifier: Apache-2.0
#include "wend/label/check_judge.h"

#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/compression.h"
#include "wend/base/json_object.h"
#include "wend/base/statistics.h"
#include "wend/label/match_answer.h"
#include "wend/llm/ledger_row.h"

namespace wend::label {

using base::Code;
using base::fail;
using nlohmann::json;

namespace {

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// A reference or another answer that need not be a text.
std::string any_text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  const bool is_other = found != object.end() && !found->is_string() && !found->is_null();
  return is_other ? found->dump() : text_at(object, key);
}

base::Result<KnownReply> known_reply(const json& row) {
  KnownReply known;
  known.query.id = text_at(row, "id");
  known.query.context = text_at(row, "context");
  known.query.prompt = text_at(row, "prompt");
  known.query.reference = any_text_at(row, "reference");
  known.query.metric = text_at(row, "metric");
  known.model = text_at(row, "model");
  const auto reply = row.find("reply");
  if (known.query.prompt.empty() || known.model.empty() || reply == row.end() ||
      !reply->is_string()) {
    return fail(Code::kDataLoss, "expected the texts prompt, model and reply");
  }
  known.reply = reply->get<std::string>();
  TRY(check_judgeable(known.query));
  const auto quality = row.find("quality");
  if (quality != row.end() && !quality->is_null()) {
    if (!quality->is_number() || quality->get<double>() < 0 || quality->get<double>() > 1) {
      return fail(Code::kDataLoss, "quality: expected a number from 0 to 1");
    }
    known.known = quality->get<double>();
    return known;
  }
  base::Status scorable = check_scorable(known.query);
  if (!scorable) {
    return pass_on(std::move(scorable), "no known score, neither a quality nor");
  }
  known.known = match_answer(known.query, known.reply);
  return known;
}

/// The score that no judge gave; nothing where there is none.
std::optional<double> metric_score(const core::Outcome& outcome, const json& extra) {
  const auto scores = extra.find("scores");
  const bool has_scores = scores != extra.end() && scores->is_object();
  if (has_scores && scores->contains("metric")) {
    const json& metric = (*scores)["metric"];
    return metric.is_number() ? std::optional(metric.get<double>()) : std::nullopt;
  }
  const bool is_judged = has_scores && scores->contains("judge");
  return outcome.quality && !is_judged ? std::optional(static_cast<double>(*outcome.quality))
                                       : std::nullopt;
}

JudgeComparison comparison(std::string model,
                           const std::vector<double>& known,
                           const std::vector<double>& judge) {
  constexpr double kBorder = 0.5;
  JudgeComparison compared;
  compared.model = std::move(model);
  compared.n = known.size();
  compared.mean_known = base::mean(known);
  compared.mean_judge = base::mean(judge);
  compared.bias = compared.mean_judge - compared.mean_known;
  std::size_t same = 0;
  for (std::size_t i = 0; i < known.size(); ++i) {
    same += (known[i] >= kBorder) == (judge[i] >= kBorder) ? 1 : 0;
  }
  compared.agreement = static_cast<double>(same) / static_cast<double>(known.size());
  compared.spearman = base::spearman(known, judge);
  return compared;
}

}  // namespace

base::Result<std::vector<KnownReply>> read_known_replies(const std::string& path) {
  std::vector<KnownReply> replies;
  TRY(base::for_each_line(path, [&](std::string_view line, std::size_t number) -> base::Status {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
      return {};
    }
    const auto object = base::parse_json_object(line);
    if (!object) {
      return base::fail_at(
          {path, number}, Code::kDataLoss, "{}:{}: {}", path, number, object.error().sentence);
    }
    base::Result<KnownReply> known = known_reply(*object);
    if (!known) {
      return base::fail_at(
          {path, number}, Code::kDataLoss, "{}:{}: {}", path, number, known.error().message);
    }
    replies.push_back(*std::move(known));
    return {};
  }));
  if (replies.empty()) {
    return base::fail_at({path}, Code::kFailedPrecondition, "'{}': no reply in it", path);
  }
  return replies;
}

base::Result<std::vector<KnownReply>> known_replies_of(const data::Dataset& dataset,
                                                       const FindReply& find) {
  std::vector<KnownReply> replies;
  for (const core::Outcome& outcome : dataset.outcomes) {
    const json extra = json::parse(outcome.extra_json, nullptr, false);
    const core::QueryRecord& query = dataset.queries[outcome.query];
    if (outcome.status != core::OutcomeStatus::kOk || !extra.is_object() ||
        !check_judgeable(query)) {
      continue;
    }
    const std::optional<double> known = metric_score(outcome, extra);
    const std::string reply_id = text_at(extra, "reply_id");
    const std::optional<std::string> line =
        known && !reply_id.empty() ? TRY(find(reply_id)) : std::nullopt;
    if (!line) {
      continue;
    }
    llm::LedgerRow row = TRY(llm::parse_ledger_row(*line));
    replies.push_back({query, dataset.models[outcome.model].id, std::move(row.reply.text), *known});
  }
  if (replies.empty()) {
    return fail(Code::kFailedPrecondition,
                "'{}': no outcome that was scored by metric and whose reply is there (reply_id)",
                dataset.name);
  }
  return replies;
}

std::vector<JudgeComparison> compare_judge(const std::vector<KnownReply>& replies,
                                           const std::vector<std::optional<double>>& scores) {
  using Columns = std::pair<std::vector<double>, std::vector<double>>;
  Columns all;
  std::map<std::string, Columns> by_model;
  for (std::size_t i = 0; i < replies.size(); ++i) {
    if (!scores[i]) {
      continue;
    }
    for (Columns* columns : {&all, &by_model[replies[i].model]}) {
      columns->first.push_back(replies[i].known);
      columns->second.push_back(*scores[i]);
    }
  }
  std::vector<JudgeComparison> compared = {comparison("", all.first, all.second)};
  for (const auto& [model, columns] : by_model) {
    compared.push_back(comparison(model, columns.first, columns.second));
  }
  return compared;
}

}  // namespace wend::label
