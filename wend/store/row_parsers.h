// SPDX-License-Identifier: Apache-2.0
// One line of a collection's files becomes one row, or a fault with its reason
// (docs/formats/outcomes.md). Any bytes may come in: a parser never crashes and never guesses
// (fuzz/outcome_row.cc).
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "wend/core/model_card.h"
#include "wend/core/outcome.h"
#include "wend/core/query.h"
#include "wend/store/key_hints.h"
#include "wend/store/store.h"

namespace wend::store {

/// Why a row is bad: a short reason that is counted, and a sentence about this very row.
struct RowFault {
  std::string reason;
  std::string detail;
};

template <class T>
using RowResult = tl::expected<T, RowFault>;

/// An outcome whose query and model are names still.
struct OutcomeRow {
  std::string query_id;
  std::string model;
  core::Outcome outcome;  ///< query and model are not set.
};

struct LabelRow {
  std::string query_id;
  std::string task_id;
  float weight = 1.0F;
};

/// `hints`, which may be null, hears of keys that look misspelt.
RowResult<core::QueryRecord> parse_query_row(std::string_view line, KeyHints* hints = nullptr);
RowResult<core::ModelCard> parse_model_row(std::string_view line, KeyHints* hints = nullptr);
RowResult<OutcomeRow> parse_outcome_row(std::string_view line, KeyHints* hints = nullptr);
RowResult<LabelRow> parse_label_row(std::string_view line, KeyHints* hints = nullptr);
/// The key is checked; the row itself is kept as it came.
RowResult<ReplyRow> parse_reply_row(std::string_view line, KeyHints* hints = nullptr);

}  // namespace wend::store
