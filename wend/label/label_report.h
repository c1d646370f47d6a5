// SPDX-License-Identifier: Apache-2.0
// What a labelling found: cost and quality by model and by level of difficulty, and whether harder
// nodes cost more and score less (the TRouter paper's figures 5 and 7 to 9). The text, the JSON
// document and the page are three views of one LabelReport.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "wend/data/dataset.h"

namespace wend::label {

/// Means over outcomes; absent where there is none to take it of.
struct MeanPoint {
  std::size_t outcomes = 0;
  std::optional<double> quality;
  std::optional<double> cost;  ///< Of a call.
};

struct ModelReport {
  std::string model;
  MeanPoint mean;
  std::optional<double> input_tokens;
  std::optional<double> output_tokens;
  std::size_t failed = 0;
  std::size_t unscored = 0;
  std::map<std::string, std::size_t> judged_by;  ///< Judge -> outcomes whose quality it gave.
  std::set<std::string> own_judges;  ///< Of those the model itself, under whatever name.
};

/// The points of a domain or of everything: (models, levels).
struct LevelReport {
  std::string name;
  std::vector<std::vector<MeanPoint>> points;
};

/// Pairs of neighbouring levels of one subcategory for one model, both with outcomes.
struct HarderReport {
  std::size_t cost_pairs = 0;
  std::size_t costs_more = 0;
  std::size_t costs_the_same = 0;
  std::size_t quality_pairs = 0;
  std::size_t scores_less = 0;
  std::size_t scores_the_same = 0;
  std::size_t both_pairs = 0;  ///< With costs and qualities.
  std::size_t both = 0;
};

struct LabelReport {
  std::string dataset;
  std::string currency;
  std::size_t queries = 0;
  std::vector<ModelReport> models;
  std::vector<std::string> levels;    ///< "1 Easy"; empty where the task types have no third level.
  std::vector<LevelReport> by_level;  ///< All first, then by domain.
  HarderReport harder;
  std::map<std::string, std::size_t> why_missing;  ///< Reasons of failed and unscored outcomes.
};

/// Of a collection with its outcomes. A query's level is the place of its node among the nodes of
/// its subcategory; several task types of a query count by their weights.
LabelReport build_label_report(const data::Dataset& dataset, const std::string& currency);

std::string to_text(const LabelReport& report);

/// One object; unknown numbers null.
std::string to_json(const LabelReport& report);

/// A page by itself: nothing is fetched, nothing runs.
std::string to_html(const LabelReport& report);

}  // namespace wend::label
