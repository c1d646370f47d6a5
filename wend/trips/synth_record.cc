// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/synth_record.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "wend/base/hash.h"
#include "wend/base/json_object.h"
#include "wend/llm/wire_render.h"

namespace wend::trips {
namespace {

using base::Code;
using base::fail;
using nlohmann::json;

constexpr std::size_t kDigits = 8;

std::string query_id(const std::string& leaf, const std::string& question) {
  return leaf + "." + base::sha256_hex(question).substr(0, kDigits);
}

json branch_json(const synth::Branch& branch) {
  json path = json::array();
  for (const synth::PathNode& node : branch.path) {
    path.push_back(node.id);
  }
  json siblings = json::array();
  for (const synth::NodeDraft& sibling : branch.siblings) {
    siblings.push_back({sibling.name, sibling.definition});
  }
  base::Sha256 there;
  for (const std::vector<std::string>* texts : {&branch.ids, &branch.questions}) {
    for (const std::string& text : *texts) {
      there.update(text).update(std::string_view("\0", 1));
    }
  }
  return {{"path", std::move(path)},
          {"siblings", std::move(siblings)},
          {"room", branch.room},
          {"there", base::to_hex(there.finish())}};
}

/// Everything that decides what comes of a synthesis beside the replies.
json inputs_of(const synth::Settings& settings, const synth::Generator& generator) {
  json domains = json::array();
  for (const synth::NodeDraft& domain : settings.domains) {
    domains.push_back({domain.name, domain.definition, domain.example});
  }
  json inputs = {{"generator", generator.id},
                 {"parameters", json::parse(llm::parameters_json(generator.parameters))},
                 {"seed", settings.seed},
                 {"domains", std::move(domains)},
                 {"description", settings.description},
                 {"profile_level", static_cast<int>(settings.profile_level)},
                 {"caps",
                  {settings.max_domains,
                   settings.max_new_domains,
                   settings.max_subcategories,
                   settings.max_levels}},
                 {"rounds", {settings.gate.stable_rounds, settings.gate.max_rounds}},
                 {"batch", settings.qa.batch},
                 {"most_alike", {settings.qa.most_alike, settings.most_alike_across}},
                 {"json_schema", settings.form == synth::Form::kJson},
                 {"prompts", settings.prompts.digest()}};
  if (settings.branch) {
    inputs["branch"] = branch_json(*settings.branch);
  }
  return inputs;
}

json round_json(const synth::GateRound& round) {
  return {{"choice", synth::word_of(round.choice)},
          {"revised", round.revised},
          {"revised_first", round.revised_first},
          {"critique", round.critique},
          {"reason", round.reason}};
}

json gate_json(const synth::GateRecord& gate) {
  json rounds = json::array();
  for (const synth::GateRound& round : gate.rounds) {
    rounds.push_back(round_json(round));
  }
  return {{"task_id", gate.node_id},
          {"level", synth::label_of(gate.level)},
          {"proposed", gate.proposed},
          {"settled", gate.settled},
          {"rounds", std::move(rounds)}};
}

json leaf_json(const synth::LeafPairs& leaf, const core::Taxonomy& taxonomy) {
  json failed = json::array();
  for (const synth::FailedBatch& batch : leaf.failed_batches) {
    failed.push_back({{"batch", batch.batch}, {"why", batch.why}});
  }
  return {{"task_id", taxonomy.nodes()[leaf.node].id},
          {"want", leaf.want},
          {"have", leaf.pairs.size()},
          {"duplicates", leaf.duplicates},
          {"duplicates_across", leaf.duplicates_across},
          {"yields", leaf.yields},
          {"failed_batches", std::move(failed)}};
}

}  // namespace

data::Dataset dataset_of(const synth::Synthesis& synthesis, const std::string& name) {
  data::Dataset dataset;
  dataset.name = name;
  dataset.taxonomy = synthesis.taxonomy;
  const auto& nodes = synthesis.taxonomy.nodes();
  for (const synth::LeafPairs& leaf : synthesis.leaves) {
    for (const synth::QaPair& pair : leaf.pairs) {
      core::QueryRecord query;
      query.id = query_id(nodes[leaf.node].id, pair.question);
      query.task = nodes[synthesis.taxonomy.ancestor_at(leaf.node, 0)].id;
      query.dataset = nodes[synthesis.taxonomy.ancestor_at(leaf.node, 1)].id;
      query.prompt = pair.question;
      query.reference = pair.answer;
      query.metric = "judge";
      dataset.labels.push_back({static_cast<std::uint32_t>(dataset.queries.size()),
                                static_cast<std::uint32_t>(leaf.node)});
      dataset.queries.push_back(std::move(query));
    }
  }
  data::order_by_ids(dataset);
  return dataset;
}

std::vector<std::string> no_longer_made(const data::Dataset& before, const data::Dataset& made) {
  std::vector<std::string> ids;
  for (const core::QueryRecord& query : before.queries) {
    const std::string leaf = query.id.substr(0, query.id.rfind('.'));
    const bool is_ours = query.id == query_id(leaf, query.prompt);
    if (is_ours &&
        !std::ranges::binary_search(made.queries, query.id, {}, &core::QueryRecord::id)) {
      ids.push_back(query.id);
    }
  }
  return ids;
}

std::size_t count_answered(const data::Dataset& dataset, const std::vector<std::string>& ids) {
  std::set<std::uint32_t> answered;
  for (const core::Outcome& outcome : dataset.outcomes) {
    if (std::ranges::binary_search(ids, dataset.queries[outcome.query].id)) {
      answered.insert(outcome.query);
    }
  }
  return answered.size();
}

std::string record_of(const synth::Synthesis& synthesis,
                      const synth::Settings& settings,
                      const synth::Generator& generator) {
  json leaves = json::array();
  for (const synth::LeafPairs& leaf : synthesis.leaves) {
    leaves.push_back(leaf_json(leaf, synthesis.taxonomy));
  }
  json gates = json::array();
  for (const synth::GateRecord& gate : synthesis.gates) {
    gates.push_back(gate_json(gate));
  }
  json unsplit = json::array();
  for (const synth::UnsplitNode& node : synthesis.unsplit) {
    unsplit.push_back({{"task_id", node.node_id}, {"why", node.why}});
  }
  const json record = {{"inputs", inputs_of(settings, generator)},
                       {"malformed", synthesis.malformed},
                       {"leaves", std::move(leaves)},
                       {"gates", std::move(gates)},
                       {"unsplit", std::move(unsplit)}};
  return record.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string generator_of(const std::string& record) {
  const auto object = base::parse_json_object(record);
  const json::json_pointer place("/inputs/generator");
  const bool is_said = object && object->contains(place) && object->at(place).is_string();
  return is_said ? object->at(place).get<std::string>() : std::string();
}

base::Result<std::vector<std::string>> other_inputs(const std::string& record,
                                                    const synth::Settings& settings,
                                                    const synth::Generator& generator) {
  const auto object = base::parse_json_object(record);
  if (!object || !object->contains("inputs") || !object->at("inputs").is_object()) {
    return fail(Code::kDataLoss, "the record of the synthesis is damaged");
  }
  const json& before = object->at("inputs");
  std::vector<std::string> others;
  const json now = inputs_of(settings, generator);
  for (const auto& [name, value] : now.items()) {
    if (!before.contains(name) || before.at(name) != value) {
      others.push_back(name);
    }
  }
  return others;
}

}  // namespace wend::trips
