// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/taxonomy_show.h"

#include <nlohmann/json.hpp>

#include "wend/base/json_object.h"

namespace wend::trips {
namespace {

using base::Code;
using base::fail;
using nlohmann::json;

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> texts_at(const json& object, const char* key) {
  std::vector<std::string> texts;
  const auto found = object.find(key);
  for (const json& item : found != object.end() && found->is_array() ? *found : json::array()) {
    texts.push_back(item.is_string() ? item.get<std::string>() : item.dump());
  }
  return texts;
}

json list_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : json::array();
}

ShownRound round_of(const json& round) {
  const auto first = round.find("revised_first");
  return {text_at(round, "choice"),
          first != round.end() && first->is_boolean() && first->get<bool>(),
          texts_at(round, "revised"),
          text_at(round, "critique"),
          text_at(round, "reason")};
}

}  // namespace

std::vector<CountedNode> count_queries(const data::Dataset& dataset) {
  const auto& nodes = dataset.taxonomy.nodes();
  std::vector<CountedNode> counted(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    counted[i].node = i;
  }
  for (const core::TaskLabel& label : dataset.labels) {
    std::optional<std::size_t> node = label.node;
    while (node) {
      ++counted[*node].queries;
      node = nodes[*node].parent;
    }
  }
  return counted;
}

base::Result<std::vector<ShownGate>> read_gates(const std::string& record) {
  const auto object = base::parse_json_object(record);
  if (!object) {
    return fail(
        Code::kDataLoss, "the record of the synthesis is damaged: {}", object.error().sentence);
  }
  std::vector<ShownGate> gates;
  for (const json& gate : list_at(*object, "gates")) {
    if (!gate.is_object()) {
      return fail(Code::kDataLoss, "the record of the synthesis is damaged: a gate is no object");
    }
    ShownGate shown{
        text_at(gate, "task_id"), texts_at(gate, "proposed"), texts_at(gate, "settled"), {}};
    for (const json& round : list_at(gate, "rounds")) {
      if (round.is_object()) {
        shown.rounds.push_back(round_of(round));
      }
    }
    gates.push_back(std::move(shown));
  }
  return gates;
}

}  // namespace wend::trips
