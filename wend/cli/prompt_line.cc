// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/prompt_line.h"

#include <vector>

#include <nlohmann/json.hpp>

#include "wend/base/json_object.h"
#include "wend/base/suggest.h"

namespace wend::cli {

using base::Code;
using base::fail;
using nlohmann::json;

namespace {

base::Status read_text(const json& object, const std::string& key, std::string& place) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) {
    return {};
  }
  if (!found->is_string()) {
    return fail(Code::kInvalidArgument, "'{}': expected a text, found {}", key, found->type_name());
  }
  place = found->get<std::string>();
  return {};
}

base::Status read_id(const json& object, PromptLine& line) {
  const auto found = object.find("id");
  if (found == object.end() || found->is_null()) {
    return {};
  }
  if (!found->is_string() && !found->is_number()) {
    return fail(
        Code::kInvalidArgument, "'id': expected a text or a number, found {}", found->type_name());
  }
  line.id_json = found->dump();
  return {};
}

/// The parser refuses malformed UTF-8; a prompt with a stray byte is still a prompt, so such bytes
/// are replaced, as in the tokenizer.
tl::expected<json, base::JsonFault> parse_repaired(std::string_view text) {
  auto object = base::parse_json_object(text);
  if (object) {
    return object;
  }
  const auto repaired = json::parse(json_string(text)).get<std::string>();
  return repaired == text ? object : base::parse_json_object(repaired);
}

}  // namespace

base::Status parse_prompt_line(std::string_view text, const std::string& field, PromptLine& line) {
  const auto parsed = parse_repaired(text);
  if (!parsed) {
    return fail(Code::kInvalidArgument,
                "{}; expected {{\"id\": ..., \"{}\": \"...\"}}",
                parsed.error().sentence,
                field);
  }
  const json& object = *parsed;
  TRY(read_id(object, line));
  if (!object.contains(field)) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : object.items()) {
      keys.push_back(key);
    }
    return fail(Code::kInvalidArgument,
                "the key '{}' is missing{}",
                field,
                base::did_you_mean_it_by(field, keys));
  }
  TRY(read_text(object, "context", line.context));
  if (object.at(field).is_null()) {
    return fail(Code::kInvalidArgument, "'{}': expected a text, found null", field);
  }
  return read_text(object, field, line.prompt);
}

std::string json_string(std::string_view text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace wend::cli
