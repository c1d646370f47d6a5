// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/wire_render.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "wend/base/check.h"
#include "wend/base/json_object.h"
#include "wend/llm/wire_escape.h"
#include "wend/llm/wire_usage.h"

namespace wend::llm {

using base::Code;
using base::fail;
using base::Result;
using base::Status;
using nlohmann::json;

namespace {

/// nlohmann's object sorts its keys by bytes, as Python's sort_keys does for UTF-8 texts that lie
/// in the basic plane, which parameters' names do.
std::string compact(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// 0.0 is written 0, so that a temperature read as a number renders as it was typed.
json number(double value) {
  static constexpr double kExactWholes = 9007199254740992.0;
  return std::trunc(value) == value && std::abs(value) < kExactWholes
             ? json(static_cast<std::int64_t>(value))
             : json(value);
}

json parameters_object(const ChatParameters& parameters) {
  json object = json::parse(parameters.extra_json, nullptr, false);
  CHECK(object.is_object(), "extra parameters that are no JSON object: {}", parameters.extra_json);
  if (parameters.max_tokens) {
    object["max_tokens"] = *parameters.max_tokens;
  }
  if (parameters.temperature) {
    object["temperature"] = number(*parameters.temperature);
  }
  if (parameters.seed) {
    object["seed"] = *parameters.seed;
  }
  return object;
}

/// The text of a message's content: itself, or its text parts one after another.
std::string text_of(const json& content) {
  if (content.is_string()) {
    return content.get<std::string>();
  }
  std::string text;
  for (const json& part : content.is_array() ? content : json::array()) {
    if (part.is_object() && part.contains("text") && part["text"].is_string()) {
      text += part["text"].get<std::string>();
    }
  }
  return text;
}

/// The first choice's message, or nullptr.
const json* first_message(const json& body) {
  static const json::json_pointer kMessage("/choices/0/message");
  return body.is_object() && body.contains(kMessage) && body[kMessage].is_object() ? &body[kMessage]
                                                                                   : nullptr;
}

json messages_array(std::span<const ChatMessage> messages) {
  json array = json::array();
  for (const ChatMessage& message : messages) {
    array.push_back({{"role", message.role}, {"content", message.content}});
  }
  return array;
}

}  // namespace

Status check_extra_parameters(std::string_view extra_json) {
  const auto object = base::parse_json_object(extra_json);
  if (!object) {
    return fail(Code::kInvalidArgument,
                "{}; expected a JSON object of parameters, such as {{\"top_p\": 0.9}}",
                object.error().sentence);
  }
  for (const char* own :
       {"model", "messages", "stream", "stream_options", "max_tokens", "temperature", "seed"}) {
    if (object->contains(own)) {
      return fail(
          Code::kInvalidArgument, "'{}' cannot be an extra parameter; it is set by itself", own);
    }
  }
  return {};
}

ChatParameters with_extra_body(ChatParameters parameters, const std::string& extra_body) {
  if (extra_body != "{}") {
    json merged = json::parse(parameters.extra_json);
    merged.update(json::parse(extra_body));
    parameters.extra_json = merged.dump();
  }
  return parameters;
}

std::string messages_json(std::span<const ChatMessage> messages) {
  return compact(messages_array(messages));
}

std::string parameters_json(const ChatParameters& parameters) {
  return compact(parameters_object(parameters));
}

std::string render_chat(const ChatCall& call) {
  json body = parameters_object(call.parameters);
  body["model"] = call.model;
  body["messages"] = messages_array(call.messages);
  return compact(body);
}

Result<ChatReply> parse_chat_reply(std::string_view body) {
  ReplyFacts facts = reply_facts(body);
  if (facts.is_error) {
    return fail(Code::kUnavailable,
                "the upstream answered with an error: {}",
                shortened(facts.error_message));
  }
  const json document = json::parse(body, nullptr, false);
  const json* message = first_message(document);
  if (message == nullptr) {
    return fail(
        Code::kDataLoss,
        "the upstream's answer is no chat completion; expected choices with a message, found: {}",
        shortened(body));
  }
  return ChatReply{
      text_of(message->value("content", json())), std::move(facts.finish_reason), facts.usage};
}

}  // namespace wend::llm
