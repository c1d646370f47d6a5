// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/wire_usage.h"

#include <simdjson.h>

namespace wend::llm {
namespace {

using simdjson::dom::element;

/// A thread's parser keeps its memory up to an answer of this size.
constexpr std::size_t kKeptCapacity = std::size_t{1} << 16U;

std::optional<std::int64_t> count(const simdjson::simdjson_result<element>& value) {
  std::int64_t number = 0;
  return value.get(number) == simdjson::SUCCESS && number >= 0 ? std::optional(number)
                                                               : std::nullopt;
}

std::string text(const simdjson::simdjson_result<element>& value) {
  std::string_view view;
  return value.get(view) == simdjson::SUCCESS ? std::string(view) : std::string();
}

Usage usage_of(const element& root) {
  const auto usage = root["usage"];
  return {count(usage["prompt_tokens"]),
          count(usage["completion_tokens"]),
          count(usage["prompt_tokens_details"]["cached_tokens"])};
}

ReplyFacts facts_of(const element& root) {
  ReplyFacts facts;
  facts.is_object = root.is_object();
  facts.usage = usage_of(root);
  simdjson::dom::array choices;
  if (root["choices"].get(choices) == simdjson::SUCCESS) {
    facts.finish_reason = text(choices.at(0)["finish_reason"]);
    facts.is_usage_chunk = choices.size() == 0 && !facts.usage.empty();
  }
  const auto error = root["error"];
  facts.is_error = error.error() == simdjson::SUCCESS && !error.is_null();
  facts.error_message = error.is_string() ? text(error) : text(error["message"]);
  return facts;
}

}  // namespace

ReplyFacts reply_facts(std::string_view json) {
  static thread_local simdjson::dom::parser kept;
  simdjson::dom::parser grown;
  simdjson::dom::parser& parser = json.size() <= kKeptCapacity ? kept : grown;
  element root;
  // The parser wants bytes behind the text, and makes its own copy to have them.
  const auto parsed = parser.parse(json.data(), json.size(), true).get(root);
  return parsed == simdjson::SUCCESS ? facts_of(root) : ReplyFacts{};
}

Usage parse_usage(std::string_view json) {
  return reply_facts(json).usage;
}

}  // namespace wend::llm
