// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <nlohmann/json.hpp>

#include "wend/eval/report.h"

namespace wend::eval {

namespace {

/// Keeps the keys in the order of the command line's contract; numbers that are not finite are
/// written as null.
using Json = nlohmann::ordered_json;

Json parsed(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  return json.is_discarded() ? Json::object() : json;
}

Json interval(const base::Interval& ci) {
  return {ci.low, ci.high};
}

Json preference_json(const PreferenceReport& preference) {
  return {{"cost", preference.means.cost},
          {"cost_currency", preference.means.cost_currency},
          {"quality", preference.means.quality},
          {"utility", preference.means.utility},
          {"ci", interval(preference.utility_ci)},
          {"modal_model", preference.modal_model},
          {"modal_share", preference.means.modal_share},
          {"missing", preference.means.missing}};
}

Json recognition_json(const Recognition& recognition) {
  Json levels = Json::array();
  for (const LevelRecognition& level : recognition.levels) {
    levels.push_back({{"level", level.name},
                      {"types", level.types},
                      {"queries", level.queries},
                      {"top1", level.top1},
                      {"top3", level.top3},
                      {"top5", level.top5},
                      {"nll", level.nll},
                      {"ece", level.ece}});
  }
  return {{"dataset", recognition.dataset},
          {"part", recognition.part},
          {"levels", std::move(levels)},
          {"failures", recognition.failures.size()}};
}

bool all_equal(const std::vector<std::string>& texts) {
  return std::adjacent_find(texts.begin(), texts.end(), std::not_equal_to<>()) == texts.end();
}

Json row_json(const RowReport& row) {
  Json json = {{"router", row.router}, {"source", source_name(row.source)}};
  for (std::size_t p = 0; p < kPreferences; ++p) {
    json["preference"][std::string(core::kNamedPreferences[p].name)] =
        preference_json(row.preferences[p]);
  }
  json["utility_sum"] = row.utility_sum;
  json["utility_sum_ci"] = interval(row.utility_sum_ci);
  json["vs_best_static"] = {
      {"difference", row.difference},
      {"ci", interval(row.difference_ci)},
      {"normalised_gain", row.normalised_gain ? Json(*row.normalised_gain) : Json()}};
  json["pairs"] = row.pairs;
  json["train_seconds"] = row.train_seconds;
  json["decide_microseconds"] = row.decide_microseconds;
  if (row.asked) {
    json["asked"] = {{"model", row.asked->model},
                     {"choices", row.asked->choices},
                     {"unreadable", row.asked->unreadable},
                     {"unanswered", row.asked->unanswered},
                     {"asked_again", row.asked->again},
                     {"cost_currency", row.asked->cost}};
  }
  if (row.recognition) {
    json["task_recognition"] = recognition_json(*row.recognition);
  }
  json["config"] = row.configs_json.empty() ? Json::object() : parsed(row.configs_json.front());
  if (!all_equal(row.configs_json)) {
    for (const std::string& config : row.configs_json) {
      json["config_per_fold"].push_back(parsed(config));
    }
  }
  return json;
}

Json fold_json(const FoldReport& fold) {
  Json json = {{"seed", fold.seed}};
  if (!fold.held_out.empty()) {
    json["held_out"] = fold.held_out;
  }
  json["train"] = fold.train;
  json["validation"] = fold.validation;
  json["test"] = fold.test;
  json["normaliser"] = parsed(fold.normaliser_json);
  return json;
}

template <class T, class F>
Json list(const std::vector<T>& items, const F& to_json) {
  Json json = Json::array();
  for (const T& item : items) {
    json.push_back(to_json(item));
  }
  return json;
}

}  // namespace

std::string to_json(const EvalReport& report) {
  Json preferences;
  for (const core::NamedPreference& preference : core::kNamedPreferences) {
    preferences[std::string(preference.name)] = preference.mu;
  }
  const Json json = {{"dataset", report.dataset},
                     {"pool", report.pool},
                     {"models", report.models},
                     {"protocol", report.protocol},
                     {"split", report.split},
                     {"queries",
                      {{"train", report.queries.train},
                       {"validation", report.queries.validation},
                       {"test", report.queries.test}}},
                     {"pairs", report.pairs},
                     {"dropped_incomplete", report.dropped_incomplete},
                     {"seeds", report.seeds},
                     {"normaliser", parsed(report.folds.front().normaliser_json)},
                     {"folds", list(report.folds, fold_json)},
                     {"preferences", preferences},
                     {"quality_only", report.quality_only},
                     {"resamples", report.resamples},
                     {"notes", report.notes},
                     {"findings", findings(report)},
                     {"rows", list(report.rows, row_json)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace wend::eval
