// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/llm/chat.h"

namespace wend::llm {

/// One paid call as the ledger keeps it: a line of replies.jsonl (docs/formats/outcomes.md).
struct LedgerRow {
  std::string key;
  std::string query_id;  ///< What it was asked for; empty where nothing.
  std::string prompt_sha256;
  std::string model;  ///< Our id.
  std::string parameters_json = "{}";
  std::uint32_t draw = 0;
  ChatReply reply;
  std::optional<double> cost;
  std::optional<double> latency_s;
};

std::string to_json_line(const LedgerRow& row);

/// Reads what a reply needs, and leaves alone what it does not know: rows may come from elsewhere.
/// Needs an id and a reply.
base::Result<LedgerRow> parse_ledger_row(std::string_view line);

/// The row of a call, or nothing where it has not been made. One that cannot be read is an error.
base::Result<std::optional<LedgerRow>> find_row(core::CallLedger& ledger, const std::string& key);

}  // namespace wend::llm
