// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/plan.h"

#include <utility>

#include "wend/base/check.h"
#include "wend/base/stop.h"
#include "wend/synth/plan_node.h"
#include "wend/synth/profile.h"

namespace wend::synth {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

Plan::Plan(Settings settings, Generator generator, Embed embed)
    : settings_(std::move(settings)),
      embed_(std::move(embed)),
      voice_{settings_.prompts, settings_.form},
      caller_(std::move(generator), settings_.form) {
  add_root();
}

Plan::~Plan() = default;

void Plan::add_root() {
  nodes_.push_back(std::make_unique<Node>());
  if (settings_.branch) {
    add_path(settings_.branch->path);
  }
  for (const NodeDraft& domain : settings_.domains) {
    add_child(kRoot, domain);
  }
  begin_work(top_);
}

/// Nodes that are there already: nothing is asked about them but the last one's further children.
void Plan::add_path(const std::vector<PathNode>& path) {
  for (const PathNode& node : path) {
    top_ = add_node(top_, node.draft, node.id);
  }
}

std::size_t Plan::add_node(std::size_t parent, const NodeDraft& draft, std::string id) {
  auto node = std::make_unique<Node>();
  node->draft = draft;
  node->parent = parent;
  node->depth = nodes_[parent]->depth + 1;
  node->id = std::move(id);
  nodes_[parent]->children.push_back(nodes_.size());
  nodes_.push_back(std::move(node));
  return nodes_.size() - 1;
}

void Plan::add_child(std::size_t parent, const NodeDraft& draft) {
  std::vector<std::string> taken =
      settings_.branch ? settings_.branch->ids : std::vector<std::string>();
  for (const std::size_t child : nodes_[parent]->children) {
    taken.push_back(nodes_[child]->id);
  }
  const std::size_t index =
      add_node(parent, draft, id_of_child(nodes_[parent]->id, draft.name, taken));
  ++standing_.nodes;
  begin_work(index);
}

std::vector<NodeDraft> Plan::path_of(std::size_t node) const {
  std::vector<NodeDraft> path;
  for (; node != kRoot; node = nodes_[node]->parent) {
    path.insert(path.begin(), nodes_[node]->draft);
  }
  return path;
}

std::optional<NodeTask> Plan::task_of(std::size_t node) const {
  if (node == top_ && settings_.branch) {
    const Branch& branch = *settings_.branch;
    return further_children(voice_,
                            {path_of(node), branch.siblings, settings_.description, branch.room});
  }
  if (node == kRoot && !settings_.description.empty()) {
    return described_domains(voice_, settings_.description, settings_.max_domains);
  }
  if (node == kRoot) {
    return settings_.max_new_domains > 0
               ? std::optional(
                     further_domains(voice_, settings_.domains, settings_.max_new_domains))
               : std::nullopt;
  }
  const std::size_t depth = nodes_[node]->depth;
  if (depth > static_cast<std::size_t>(settings_.profile_level)) {
    return std::nullopt;
  }
  return children_of(
      voice_, path_of(node), depth == 1 ? settings_.max_subcategories : settings_.max_levels);
}

void Plan::begin_work(std::size_t index) {
  Node& node = *nodes_[index];
  std::optional<NodeTask> task = task_of(index);
  if (task) {
    node.proposal = std::make_unique<NodeJob>(voice_, *std::move(task));
    ready_.push_back(index);
  } else if (index != top_) {
    begin_pairs(index);
  }
}

void Plan::begin_pairs(std::size_t index) {
  Node& node = *nodes_[index];
  ++standing_.leaves;
  node.qa = std::make_unique<QaJob>(voice_, embed_, profile_text(path_of(index)), settings_.qa);
  go_on(index);
}

/// After a reply, or where a job begins: more to ask, or what follows it.
void Plan::go_on(std::size_t index) {
  Node& node = *nodes_[index];
  if (!node.job()->done()) {
    ready_.push_back(index);
    return;
  }
  if (node.qa != nullptr) {
    ++standing_.leaves_done;
  } else if (node.gate != nullptr) {
    settle_children(index);
  } else if (!node.proposal->nodes().empty()) {
    node.gate = std::make_unique<QualityGate>(voice_,
                                              node.proposal->task(),
                                              node.proposal->nodes(),
                                              settings_.gate,
                                              job_seed(settings_.seed, node.id, "gate"));
    go_on(index);
  } else if (index != top_) {
    begin_pairs(index);  // It stands for the children that it did not get.
  }
}

void Plan::settle_children(std::size_t index) {
  const NodeSet settled = nodes_[index]->gate->nodes();
  for (const NodeDraft& draft : settled) {
    add_child(index, draft);
  }
}

Status Plan::take_reply(std::size_t index, const std::string& reply) {
  Job& job = *nodes_[index]->job();
  const std::size_t malformed_before = job.malformed();
  const std::size_t pairs_before = nodes_[index]->pair_count();
  TRY(job.take(reply));
  standing_.malformed += job.malformed() - malformed_before;
  standing_.pairs += nodes_[index]->pair_count() - pairs_before;
  go_on(index);
  return {};
}

Status Plan::replay(core::CallLedger& ledger) {
  std::deque<std::size_t> unknown;
  while (!ready_.empty()) {
    TRY(base::check_stop());
    const std::size_t index = ready_.front();
    ready_.pop_front();
    const std::optional<std::string> reply = TRY(caller_.find(nodes_[index]->job()->ask(), ledger));
    if (!reply) {
      unknown.push_back(index);
      continue;
    }
    ++reused_;
    TRY(take_reply(index, *reply));
  }
  ready_ = std::move(unknown);
  return {};
}

Result<std::optional<llm::PlannedCall>> Plan::next(std::size_t /*lane*/) {
  if (ready_.empty()) {
    return std::nullopt;
  }
  const std::size_t index = ready_.front();
  ready_.pop_front();
  ++under_way_;
  return caller_.plan(nodes_[index]->job()->ask(), index);
}

bool Plan::expects_more(std::size_t /*lane*/) const {
  return under_way_ > 0;
}

Status Plan::take(std::size_t cell, llm::CallResult<llm::PaidReply> result) {
  --under_way_;
  if (!result) {
    ++lost_;
    llm::count_failure(standing_.failures, result.error());
    return {};
  }
  const llm::Usage& usage = result->row.reply.usage;
  if (result->origin == llm::Origin::kUpstream) {
    caller_.learn(nodes_[cell]->job()->ask(), usage);
    standing_.input_tokens += static_cast<std::uint64_t>(usage.prompt_tokens.value_or(0));
    standing_.output_tokens += static_cast<std::uint64_t>(usage.completion_tokens.value_or(0));
  }
  return take_reply(cell, result->row.reply.text);
}

void Plan::skip(std::size_t /*cell*/) {
  --under_way_;
  ++lost_;
}

bool Plan::is_whole() const {
  return ready_.empty() && under_way_ == 0 && lost_ == 0;
}

/// Puts the node's subtree into the synthesis, itself first.
void Plan::collect(std::size_t index, Synthesis& into, std::vector<core::TaskNode>& nodes) const {
  const Node& node = *nodes_[index];
  const std::size_t place = nodes.size();
  if (index != kRoot) {
    core::TaskNode made;
    made.id = node.id;
    made.name = node.draft.name;
    made.definition = node.draft.definition;
    made.example = node.draft.example;
    if (node.parent != kRoot) {
      made.parent = nodes_[node.parent]->place;
    }
    nodes.push_back(std::move(made));
    node.place = place;
  }
  node.add_records(into, settings_.qa.shots);
  for (const std::size_t child : node.children) {
    collect(child, into, nodes);
  }
}

Result<Synthesis> Plan::result() const {
  CHECK(is_whole(), "a synthesis is taken before it is whole");
  if (nodes_[top_]->children.empty()) {
    return fail(Code::kDataLoss,
                "no {} came of it: {}; describe {} in other words{}",
                settings_.branch ? "task type" : "domain",
                nodes_[top_]->proposal->failure(),
                settings_.branch ? "what it is to hold" : "the application",
                settings_.branch ? "" : ", or name domains in synth.domains");
  }
  Synthesis synthesis;
  std::vector<core::TaskNode> nodes;
  collect(kRoot, synthesis, nodes);
  synthesis.taxonomy = TRY(core::Taxonomy::build(std::move(nodes)));
  synthesis.malformed = standing_.malformed;
  const std::vector<std::string> there =
      settings_.branch ? settings_.branch->questions : std::vector<std::string>();
  TRY(drop_duplicates_across(synthesis.leaves, there, embed_, settings_.most_alike_across));
  return synthesis;
}

}  // namespace wend::synth
