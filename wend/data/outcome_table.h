// SPDX-License-Identifier: Apache-2.0
// The table every offline trip stands on: queries x models, immutable once built. A cell that was
// not asked, failed, was not scored, or has no cost in a pool with prices holds NaN: missing is
// missing and never a zero.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/core/model_card.h"
#include "wend/core/taxonomy.h"
#include "wend/data/dataset.h"

namespace wend::data {

enum class MissingCells { kDrop, kKeep };

/// Whether cost counts: kPriced drops models without any cost, kQualityOnly (--normaliser none, or
/// a set without any cost) leaves cost out.
enum class CostUse { kPriced, kQualityOnly };

struct TableOptions {
  std::string pool;  ///< Empty: `main` where it exists, else every model.
  MissingCells missing = MissingCells::kDrop;
  CostUse cost = CostUse::kPriced;
  /// Ids of the models that make the pool instead of a named one; empty: the named one.
  std::vector<std::string> models = {};
};

struct OutcomeTable {
  std::string dataset;
  std::string pool;
  std::vector<core::ModelCard> models;
  /// The rows, after the pool's filter, by query id.
  std::vector<core::QueryRecord> queries;
  /// Per row, the normalised routing text: key of splits, duplicates and caches.
  std::vector<std::string> normalised_texts;

  // (queries, models), several draws averaged, NaN where missing or unknown.
  base::Matrix quality;
  base::BasicMatrix<double> cost;  ///< Currency; empty (0 x 0) in a quality-only table.
  base::Matrix latency_s;          ///< Empty (0 x 0) where no outcome has it.
  base::Matrix input_tokens;
  base::Matrix output_tokens;

  core::Taxonomy taxonomy;
  /// Per row, in the order of nodes; weights sum to 1; empty where unlabelled.
  std::vector<std::vector<core::TaskLabel>> labels;
  /// Queries left out because a model of the pool is missing.
  std::size_t dropped_incomplete = 0;
  /// Ids of the pool's models that were left out for want of any cost.
  std::vector<std::string> models_without_cost;
  /// One sentence each: a model without any cost was left out, a quality-only set.
  std::vector<std::string> notes;

  bool has_costs() const { return !cost.empty(); }

  /// Pool unknown -> error with a suggestion; nothing left -> an error that says what removed it.
  static base::Result<OutcomeTable> build(const Dataset& dataset, const TableOptions& options);
};

/// SHA-256 over everything that training may depend on of the given rows (texts, cells, labels,
/// models).
std::string content_sha256(const OutcomeTable& table, const std::vector<std::uint32_t>& rows);

}  // namespace wend::data
