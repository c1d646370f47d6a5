// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/parse_json.h"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/json_object.h"
#include "wend/llm/thoughts.h"
#include "wend/synth/blocks.h"

namespace wend::synth {
namespace {

using nlohmann::json;
using Wrong = tl::unexpected<std::string>;

/// The text without one code fence around the whole of it, as servers that hold no reply to a
/// schema let models write.
std::string_view without_fence(std::string_view text) {
  constexpr std::string_view kFence = "```";
  const std::size_t first_line = text.find('\n');
  if (!text.starts_with(kFence) || first_line == std::string_view::npos) {
    return text;
  }
  const std::string_view inside = trimmed(text.substr(first_line));
  return inside.ends_with(kFence) ? trimmed(inside.substr(0, inside.size() - kFence.size())) : text;
}

Parsed<json> object_of(std::string_view reply) {
  auto object = base::parse_json_object(without_fence(trimmed(llm::without_thoughts(reply))));
  if (!object) {
    return Wrong("it is no JSON object: " + object.error().sentence);
  }
  return *std::move(object);
}

/// A text of an object; empty where it is none.
std::string text_at(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  const bool is_text = object.is_object() && found != object.end() && found->is_string();
  return is_text ? found->get<std::string>() : std::string();
}

/// A list of an object, or what is wrong.
Parsed<json> list_at(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) {
    return Wrong(std::string("it has no list \"") + key + "\"");
  }
  return *found;
}

json text_schema() {
  return {{"type", "string"}};
}

json object_schema(json properties) {
  json required = json::array();
  for (const auto& [key, value] : properties.items()) {
    required.push_back(key);
  }
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

json list_schema(json item) {
  return {{"type", "array"}, {"items", std::move(item)}};
}

json nodes_schema() {
  return list_schema(object_schema(
      {{"name", text_schema()}, {"definition", text_schema()}, {"example", text_schema()}}));
}

json schema_of(Shape shape) {
  switch (shape) {
    case Shape::kNodes:
      return object_schema({{"nodes", nodes_schema()}});
    case Shape::kRevision:
      return object_schema({{"justification", text_schema()}, {"nodes", nodes_schema()}});
    case Shape::kChoice:
      return object_schema({{"justification", text_schema()},
                            {"preferred", {{"type", "string"}, {"enum", {"A", "B"}}}}});
    case Shape::kPairs:
      return object_schema(
          {{"pairs",
            list_schema(object_schema({{"question", text_schema()}, {"answer", text_schema()}}))}});
    case Shape::kVerdict:
      break;
  }
  return object_schema({{"justification", text_schema()},
                        {"verdict", {{"type", "string"}, {"enum", {"right", "wrong"}}}}});
}

constexpr std::array<const char*, 5> kNames = {"nodes", "revision", "choice", "pairs", "verdict"};

}  // namespace

Parsed<Revision> json_nodes(std::string_view reply) {
  const Parsed<json> object = object_of(reply);
  if (!object) {
    return Wrong(object.error());
  }
  const Parsed<json> list = list_at(*object, "nodes");
  if (!list) {
    return Wrong(list.error());
  }
  Revision revision;
  revision.justification = text_at(*object, "justification");
  for (const json& item : *list) {
    revision.nodes.push_back(
        {text_at(item, "name"), text_at(item, "definition"), text_at(item, "example")});
  }
  Parsed<NodeSet> nodes = checked_nodes(std::move(revision.nodes));
  if (!nodes) {
    return Wrong(nodes.error());
  }
  revision.nodes = *std::move(nodes);
  return revision;
}

Parsed<Choice> json_choice(std::string_view reply) {
  const Parsed<json> object = object_of(reply);
  if (!object) {
    return Wrong(object.error());
  }
  const std::string preferred = text_at(*object, "preferred");
  if (preferred != "A" && preferred != "B") {
    return Wrong(R"("preferred" is to be "A" or "B")");
  }
  return Choice{preferred == "A" ? Side::kA : Side::kB, text_at(*object, "justification")};
}

Parsed<std::vector<QaPair>> json_pairs(std::string_view reply) {
  const Parsed<json> object = object_of(reply);
  if (!object) {
    return Wrong(object.error());
  }
  const Parsed<json> list = list_at(*object, "pairs");
  if (!list) {
    return Wrong(list.error());
  }
  std::vector<QaPair> pairs;
  for (const json& item : *list) {
    pairs.push_back({text_at(item, "question"), text_at(item, "answer")});
  }
  return checked_pairs(std::move(pairs));
}

Parsed<Verdict> json_verdict(std::string_view reply) {
  const Parsed<json> object = object_of(reply);
  if (!object) {
    return Wrong(object.error());
  }
  const std::string verdict = text_at(*object, "verdict");
  if (verdict != "right" && verdict != "wrong") {
    return Wrong(R"("verdict" is to be "right" or "wrong")");
  }
  return Verdict{verdict == "right", text_at(*object, "justification")};
}

std::string response_format(Shape shape) {
  const json format = {{"response_format",
                        {{"type", "json_schema"},
                         {"json_schema",
                          {{"name", kNames.at(static_cast<std::size_t>(shape))},
                           {"strict", true},
                           {"schema", schema_of(shape)}}}}}};
  return format.dump();
}

}  // namespace wend::synth
