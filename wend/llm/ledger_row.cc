// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/ledger_row.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "wend/base/json_object.h"

namespace wend::llm {
namespace {

using base::Code;
using base::fail;
using nlohmann::json;
using nlohmann::ordered_json;

template <class T>
ordered_json value_or_null(const std::optional<T>& value) {
  return value ? ordered_json(*value) : ordered_json();
}

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::int64_t> count_at(const json& object, const char* key) {
  const auto found = object.find(key);
  const bool is_count = found != object.end() && found->is_number_integer();
  return is_count ? std::optional(found->get<std::int64_t>()) : std::nullopt;
}

std::optional<double> number_at(const json& object, const char* key) {
  const auto found = object.find(key);
  const bool is_number = found != object.end() && found->is_number();
  return is_number ? std::optional(found->get<double>()) : std::nullopt;
}

}  // namespace

std::string to_json_line(const LedgerRow& row) {
  ordered_json object = {{"id", row.key}};
  if (!row.query_id.empty()) {
    object["query_id"] = row.query_id;
  }
  object["prompt_sha256"] = row.prompt_sha256;
  object["model"] = row.model;
  object["parameters"] = ordered_json::parse(row.parameters_json, nullptr, false);
  object["draw"] = row.draw;
  object["reply"] = row.reply.text;
  object["finish_reason"] = row.reply.finish_reason;
  object["input_tokens"] = value_or_null(row.reply.usage.prompt_tokens);
  object["output_tokens"] = value_or_null(row.reply.usage.completion_tokens);
  if (row.reply.usage.cached_tokens) {
    object["cached_tokens"] = *row.reply.usage.cached_tokens;
  }
  object["cost"] = value_or_null(row.cost);
  object["latency_s"] = value_or_null(row.latency_s);
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

base::Result<LedgerRow> parse_ledger_row(std::string_view line) {
  const auto object = base::parse_json_object(line);
  if (!object) {
    return fail(Code::kDataLoss, "{}", object.error().sentence);
  }
  LedgerRow row;
  row.key = text_at(*object, "id");
  const auto reply = object->find("reply");
  if (row.key.empty() || reply == object->end() || !reply->is_string()) {
    return fail(Code::kDataLoss, "a row of the ledger without an id or a reply; expected texts");
  }
  row.query_id = text_at(*object, "query_id");
  row.prompt_sha256 = text_at(*object, "prompt_sha256");
  row.model = text_at(*object, "model");
  const auto parameters = object->find("parameters");
  row.parameters_json = parameters != object->end() ? parameters->dump() : "{}";
  row.draw = static_cast<std::uint32_t>(count_at(*object, "draw").value_or(0));
  row.reply.text = reply->get<std::string>();
  row.reply.finish_reason = text_at(*object, "finish_reason");
  row.reply.usage = {count_at(*object, "input_tokens"),
                     count_at(*object, "output_tokens"),
                     count_at(*object, "cached_tokens")};
  row.cost = number_at(*object, "cost");
  row.latency_s = number_at(*object, "latency_s");
  return row;
}

base::Result<std::optional<LedgerRow>> find_row(core::CallLedger& ledger, const std::string& key) {
  const std::optional<std::string> line = TRY(ledger.find(key));
  if (!line) {
    return std::nullopt;
  }
  base::Result<LedgerRow> row = parse_ledger_row(*line);
  if (!row) {
    return pass_on(std::move(row), "ledger row '" + key + "'");
  }
  return std::optional(*std::move(row));
}

}  // namespace wend::llm
