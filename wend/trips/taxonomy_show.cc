// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/taxonomy_show.h"

#include <algorithm>

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

std::size_t count_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::size_t>() : 0;
}

ShownLeaf leaf_of(const json& leaf) {
  ShownLeaf shown;
  shown.task_id = text_at(leaf, "task_id");
  shown.want = count_at(leaf, "want");
  shown.have = count_at(leaf, "have");
  shown.duplicates = count_at(leaf, "duplicates");
  shown.duplicates_across = count_at(leaf, "duplicates_across");
  for (const json& yield : list_at(leaf, "yields")) {
    shown.yields.push_back(yield.is_number_unsigned() ? yield.get<std::size_t>() : 0);
  }
  for (const json& failed : list_at(leaf, "failed_batches")) {
    shown.failures.push_back(failed.is_object() ? text_at(failed, "why") : std::string());
  }
  return shown;
}

ShownRound round_of(const json& round) {
  const auto first = round.find("revised_first");
  return {text_at(round, "choice"),
          first != round.end() && first->is_boolean() && first->get<bool>(),
          texts_at(round, "revised"),
          text_at(round, "critique"),
          text_at(round, "reason")};
}

/// A list of the record, whose members are to be objects.
base::Result<json> objects_of(const std::string& record, const char* key) {
  const auto object = base::parse_json_object(record);
  if (!object) {
    return fail(
        Code::kDataLoss, "the record of the synthesis is damaged: {}", object.error().sentence);
  }
  json list = list_at(*object, key);
  if (!std::ranges::all_of(list, [](const json& item) { return item.is_object(); })) {
    return fail(
        Code::kDataLoss, "the record of the synthesis is damaged: {} has what is no object", key);
  }
  return list;
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

base::Result<std::vector<ShownLeaf>> read_leaves(const std::string& record) {
  std::vector<ShownLeaf> leaves;
  for (const json& leaf : TRY(objects_of(record, "leaves"))) {
    leaves.push_back(leaf_of(leaf));
  }
  return leaves;
}

std::vector<BatchYield> batch_yields(const std::vector<ShownLeaf>& leaves) {
  std::vector<BatchYield> batches;
  for (const ShownLeaf& leaf : leaves) {
    batches.resize(std::max(batches.size(), leaf.yields.size()));
    for (std::size_t i = 0; i < leaf.yields.size(); ++i) {
      ++batches[i].leaves;
      batches[i].mean += static_cast<double>(leaf.yields[i]);
    }
  }
  for (BatchYield& batch : batches) {
    batch.mean /= static_cast<double>(batch.leaves);
  }
  return batches;
}

base::Result<std::vector<ShownGate>> read_gates(const std::string& record) {
  std::vector<ShownGate> gates;
  for (const json& gate : TRY(objects_of(record, "gates"))) {
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
