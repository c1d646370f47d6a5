// SPDX-License-Identifier: Apache-2.0
// The table every offline trip stands on: queries x models, immutable once built. A cell that was not asked, failed, was not
// scored, or has no cost in a pool with prices holds NaN: missing is missing and never a zero.
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

/// Whether cost counts: kPriced drops models without any cost, kQualityOnly (--normaliser none, or a set without any cost) leaves cost out.
enum class CostUse { kPriced, kQualityOnly };

struct TableOptions {
  std::string pool;  ///< Empty: `main` where it exists, else every model.
  MissingCells missing = MissingCells::kDrop;
  CostUse cost = CostUse::kPriced;
};

struct OutcomeTable {
  std::string dataset;
  std::string pool;
  std::vector<core::ModelCard> models;
  std::vector<core::QueryRecord> queries;  ///< The rows, after the pool's filter.
  std::vector<std::string> normalised_texts;  ///< NFC, white space collapsed, of context and prompt: key of splits and duplicates.
  base::Matrix quality;                    ///< (queries, models), several draws averaged; NaN where missing.
  base::BasicMatrix<double> cost;          ///< (queries, models), currency; NaN where missing; empty (0 x 0) in a quality-only table.
  base::Matrix latency_s;                  ///< (queries, models); NaN where missing; empty (0 x 0) where no outcome has it.
  std::vector<double> mean_input_tokens;   ///< Per model; NaN where unknown.
  std::vector<double> mean_output_tokens;
  core::Taxonomy taxonomy;
  std::vector<std::vector<core::TaskLabel>> labels;  ///< Per row; weights sum to 1; empty where unlabelled.
  std::size_t dropped_incomplete = 0;      ///< Queries left out because a model of the pool is missing.
  std::vector<std::string> notes;          ///< One sentence each: a model without any cost was dropped, a quality-only set.

  bool has_costs() const { return !cost.empty(); }

  /// Pool unknown -> error with a suggestion; nothing left -> an error that says what removed it.
  static base::Result<OutcomeTable> build(const Dataset& dataset, const TableOptions& options);
};

/// SHA-256 over everything that training may depend on of the given rows (texts, cells, labels, models).
std::string content_sha256(const OutcomeTable& table, const std::vector<std::uint32_t>& rows);

}  // namespace wend::data
