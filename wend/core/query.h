// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wend::core {

/// One row of queries.jsonl (docs/formats/outcomes.md).
struct QueryRecord {
  std::string id;
  std::string dataset;
  std::string task;
  std::string context;  ///< May be empty.
  std::string prompt;
  std::string reference;
  std::string metric;
  std::string extra_json = "{}";  ///< Every other key of the row, as a JSON object.

  friend bool operator==(const QueryRecord&, const QueryRecord&) = default;
};

/// What a language model said when it was asked which model a query is to go to (prompt_llm).
struct LlmChoice {
  std::string_view model;  ///< An id; empty where it named none.
  double cost = 0;         ///< Currency, of asking it; part of what the choice costs.
};

/// A prompt on its way to a decision: what a router may look at. Borrows everything for the
/// duration of the call.
struct Query {
  std::string_view text;             ///< The routing text.
  std::span<const float> embedding;  ///< L2-normalised, dimension of the encoder.
  float embedding_norm =
      1.0F;  ///< Norm of the pooled vector before: raw = embedding * embedding_norm.
  /// Index of the true task in the taxonomy's leaves, where a trip knows it (diagnostic rules such
  /// as task_oracle).
  std::optional<std::size_t> task_label = {};
  /// One per named preference, in their order, where a trip has asked; else none.
  std::span<const LlmChoice> llm_choice = {};
  /// Row of the outcome table that is replayed: for the rules that look at the truth (oracle) and
  /// for seeded chance (random).
  std::optional<std::size_t> row = {};
};

}  // namespace wend::core
