// SPDX-License-Identifier: Apache-2.0
// What is asked: each query, of each model, in each draw, is a cell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "wend/core/query.h"
#include "wend/data/dataset.h"
#include "wend/llm/asked_model.h"
#include "wend/llm/chat.h"
#include "wend/llm/ledgered_client.h"

namespace wend::label {

/// A model that answers.
struct Candidate : llm::AskedModel {
  std::uint32_t model = 0;  ///< Its index in the data set.
};

/// Everything that makes a cell a call. Borrows the data set.
struct Questionnaire {
  const data::Dataset* dataset = nullptr;
  std::vector<Candidate> candidates;
  llm::ChatParameters parameters;
  std::string prompt_template;  ///< Empty: the query's text alone.
  std::uint32_t draws = 1;

  std::size_t cell_count() const { return dataset->queries.size() * candidates.size() * draws; }
};

/// A cell by its indices.
struct Cell {
  std::uint32_t query = 0;
  std::size_t candidate = 0;  ///< Into Questionnaire::candidates.
  std::uint32_t draw = 0;
};

/// Cells count draws fastest, then candidates, then queries.
Cell cell_at(const Questionnaire& questionnaire, std::size_t index);
std::size_t index_of(const Questionnaire& questionnaire, const Cell& cell);

/// The one user message that asks a query: its routing text (context, a blank line, prompt), put
/// into the template.
std::string question_text(const core::QueryRecord& query, const std::string& prompt_template);

/// The call of a cell, with its ledger key.
llm::PaidCall call_of(const Questionnaire& questionnaire, const Cell& cell);

}  // namespace wend::label
