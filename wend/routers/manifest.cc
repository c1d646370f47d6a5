// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/manifest.h"

#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/routers/override_list.h"

namespace wend::routers {
namespace {

using base::Code;
using nlohmann::json;
using nlohmann::ordered_json;

base::Result<std::string> text_field(const json& object, const char* key, std::string_view where) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) {
    return base::fail(Code::kDataLoss, "manifest.json: {}: expected a text '{}'", where, key);
  }
  return found->get<std::string>();
}

base::Result<std::optional<double>> number_field(const json& object,
                                                 const char* key,
                                                 std::string_view where) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) {
    return std::optional<double>();
  }
  if (!found->is_number() || !std::isfinite(found->get<double>()) || found->get<double>() < 0) {
    return base::fail(Code::kDataLoss,
                      "manifest.json: {}: expected '{}' to be null or a number of at least 0",
                      where,
                      key);
  }
  return std::optional(found->get<double>());
}

base::Result<core::ModelCard> read_model(const json& object) {
  if (!object.is_object()) {
    return base::fail(Code::kDataLoss, "manifest.json: models: expected objects");
  }
  core::ModelCard card;
  card.id = TRY(text_field(object, "id", "models"));
  card.params_b = TRY(number_field(object, "params_b", card.id));
  card.input_price_per_mtok = TRY(number_field(object, "input_price_per_mtok", card.id));
  card.output_price_per_mtok = TRY(number_field(object, "output_price_per_mtok", card.id));
  return card;
}

base::Result<std::vector<core::ModelCard>> read_models(const json& manifest) {
  const auto models = manifest.find("models");
  if (models == manifest.end() || !models->is_array() || models->empty()) {
    return base::fail(Code::kDataLoss, "manifest.json: expected 'models', a list of at least one");
  }
  std::vector<core::ModelCard> cards;
  std::set<std::string> ids;
  for (const json& object : *models) {
    cards.push_back(TRY(read_model(object)));
    if (!ids.insert(cards.back().id).second) {
      return base::fail(
          Code::kDataLoss, "manifest.json: model '{}' is listed twice", cards.back().id);
    }
  }
  return cards;
}

base::Result<std::vector<core::TaskName>> read_tasks(const json& manifest) {
  std::vector<core::TaskName> tasks;
  const auto found = manifest.find("tasks");
  if (found == manifest.end()) {
    return tasks;
  }
  if (!found->is_array()) {
    return base::fail(Code::kDataLoss, "manifest.json: expected 'tasks' to be a list");
  }
  for (const json& object : *found) {
    if (!object.is_object()) {
      return base::fail(Code::kDataLoss, "manifest.json: tasks: expected objects");
    }
    tasks.push_back(
        {TRY(text_field(object, "id", "tasks")), TRY(text_field(object, "name", "tasks"))});
  }
  return tasks;
}

base::Result<core::Taxonomy> flat_tree(const std::vector<core::TaskName>& tasks) {
  std::vector<core::TaskNode> nodes(tasks.size());
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    nodes[t].id = tasks[t].id;
    nodes[t].name = tasks[t].name;
  }
  return core::Taxonomy::build(std::move(nodes));
}

/// The tree, in which every task must have its node.
base::Result<core::Taxonomy> read_taxonomy(const json& manifest,
                                           const std::vector<core::TaskName>& tasks) {
  const auto found = manifest.find("taxonomy");
  auto taxonomy = found == manifest.end() ? flat_tree(tasks) : core::Taxonomy::parse(found->dump());
  if (!taxonomy) {
    return base::pass_on(std::move(taxonomy), "manifest.json: taxonomy");
  }
  for (const core::TaskName& task : tasks) {
    if (!taxonomy->find(task.id)) {
      return base::fail(
          Code::kDataLoss, "manifest.json: the task '{}' is no node of the taxonomy", task.id);
    }
  }
  return taxonomy;
}

base::Result<std::vector<core::Override>> read_manifest_overrides(const json& manifest) {
  const auto found = manifest.find("overrides");
  if (found == manifest.end()) {
    return std::vector<core::Override>();
  }
  auto overrides = read_overrides(*found);
  if (!overrides) {
    return base::pass_on(std::move(overrides), "manifest.json");
  }
  return overrides;
}

base::Result<data::Normaliser> read_normaliser(const json& manifest) {
  const auto found = manifest.find("normaliser");
  if (found == manifest.end()) {
    return base::fail(Code::kDataLoss, "manifest.json: expected 'normaliser'");
  }
  auto normaliser =
      data::Normaliser::parse(found->dump(-1, ' ', false, json::error_handler_t::replace));
  if (!normaliser) {
    return base::pass_on(std::move(normaliser), "manifest.json");
  }
  return normaliser;
}

base::Result<std::string> read_config(const json& manifest) {
  const auto found = manifest.find("config");
  if (found == manifest.end()) {
    return std::string("{}");
  }
  if (!found->is_object()) {
    return base::fail(Code::kDataLoss, "manifest.json: expected 'config' to be an object");
  }
  return found->dump();
}

ordered_json number_or_null(std::optional<double> value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

}  // namespace

base::Result<RouterManifest> RouterManifest::parse(std::string_view manifest_json) {
  const json object = json::parse(manifest_json, nullptr, false);
  if (!object.is_object()) {
    return base::fail(Code::kDataLoss, "manifest.json: expected one JSON object");
  }
  RouterManifest manifest;
  manifest.router = TRY(text_field(object, "router", "the manifest"));
  manifest.models = TRY(read_models(object));
  manifest.normaliser = TRY(read_normaliser(object));
  manifest.tasks = TRY(read_tasks(object));
  manifest.taxonomy = TRY(read_taxonomy(object, manifest.tasks));
  manifest.overrides = TRY(read_manifest_overrides(object));
  manifest.config_json = TRY(read_config(object));
  return manifest;
}

std::vector<std::size_t> RouterManifest::tasks_below(std::string_view node) const {
  std::vector<std::size_t> below;
  const std::optional<std::size_t> top = taxonomy.find(node);
  if (!top) {
    return below;
  }
  const std::size_t level = taxonomy.nodes()[*top].level;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (taxonomy.ancestor_at(*taxonomy.find(tasks[t].id), level) == *top) {
      below.push_back(t);
    }
  }
  return below;
}

std::string RouterManifest::to_json() const {
  ordered_json object;
  object["format_version"] = 1;
  object["router"] = router;
  object["models"] = ordered_json::array();
  for (const core::ModelCard& card : models) {
    object["models"].push_back(
        {{"id", card.id},
         {"params_b", number_or_null(card.params_b)},
         {"input_price_per_mtok", number_or_null(card.input_price_per_mtok)},
         {"output_price_per_mtok", number_or_null(card.output_price_per_mtok)}});
  }
  object["normaliser"] = ordered_json::parse(normaliser.to_json());
  object["tasks"] = ordered_json::array();
  for (const core::TaskName& task : tasks) {
    object["tasks"].push_back({{"id", task.id}, {"name", task.name}});
  }
  object["config"] = ordered_json::parse(config_json);
  return object.dump(1);
}

}  // namespace wend::routers
