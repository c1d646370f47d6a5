// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/prompt_line.h"

#include <vector>

#include <nlohmann/json.hpp>

#include "wend/base/json_object.h"
#include "wend/base/suggest.h"
#include "wend/llm/wire_request.h"
#include "wend/text/routing_text.h"

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

base::Status read_id(const json& object, std::string& id_json) {
  const auto found = object.find("id");
  if (found == object.end() || found->is_null()) {
    return {};
  }
  if (!found->is_string() && !found->is_number()) {
    return fail(
        Code::kInvalidArgument, "'id': expected a text or a number, found {}", found->type_name());
  }
  id_json = found->dump();
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

base::Result<json> parse_line(std::string_view text, const std::string& expected) {
  auto parsed = parse_repaired(text);
  if (!parsed) {
    return fail(Code::kInvalidArgument, "{}; expected {}", parsed.error().sentence, expected);
  }
  return *std::move(parsed);
}

base::Status read_prompt(const json& object, const std::string& field, PromptLine& line) {
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

/// The same reader as the server's, on the same bytes.
base::Result<std::string> chat_routing_text(std::string body) {
  const auto view = llm::parse_chat(body, llm::ModelField::kOptional);
  if (!view) {
    std::string sentence = view.error().message;
    sentence.pop_back();  // Its full stop: the place of the line stands around it.
    return fail(Code::kInvalidArgument, "{}", sentence);
  }
  return text::routing_text(view->conversation);
}

}  // namespace

base::Status parse_prompt_line(std::string_view text, const std::string& field, PromptLine& line) {
  const json object = TRY(parse_line(text, fmt::format("{{\"id\": ..., \"{}\": \"...\"}}", field)));
  TRY(read_id(object, line.id_json));
  return read_prompt(object, field, line);
}

base::Status parse_route_line(std::string_view text, RouteLine& line) {
  const json object =
      TRY(parse_line(text, R"({"id": ..., "prompt": "..."} or {"id": ..., "messages": [...]})"));
  TRY(read_id(object, line.id_json));
  if (!object.contains("messages")) {
    PromptLine prompt;
    TRY(read_prompt(object, "prompt", prompt));
    line.text = text::routing_text(prompt.context, prompt.prompt);
    return {};
  }
  if (object.contains("prompt")) {
    return fail(Code::kInvalidArgument, "expected either 'prompt' or 'messages', found both");
  }
  line.text = TRY(chat_routing_text(std::string(text)));
  return {};
}

std::string json_string(std::string_view text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace wend::cli
