// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "wend/core/model_card.h"
#include "wend/core/outcome.h"
#include "wend/core/query.h"
#include "wend/core/taxonomy.h"

namespace wend::data {

/// An imported collection as the store gives it back: every query, model and outcome, in the order
/// of their ids.
struct Dataset {
  std::string name;
  std::vector<core::QueryRecord> queries;
  std::vector<core::ModelCard> models;
  std::vector<core::Outcome> outcomes;  ///< Indices into queries and models.
  core::Taxonomy taxonomy;
  std::vector<core::TaskLabel> labels;  ///< Indices into queries and taxonomy.nodes().
  std::map<std::string, std::vector<std::string>> pools;

  friend bool operator==(const Dataset&, const Dataset&) = default;
};

/// Puts queries, models, outcomes (by query, model, draw) and labels in the order of their ids, so
/// that the same rows make the same data set however they came.
void order_by_ids(Dataset& dataset);

}  // namespace wend::data
