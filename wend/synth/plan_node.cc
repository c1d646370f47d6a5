// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/plan_node.h"

namespace wend::synth {
namespace {

std::vector<std::string> names_of(const NodeSet& set) {
  std::vector<std::string> names;
  names.reserve(set.size());
  for (const NodeDraft& node : set) {
    names.push_back(node.name);
  }
  return names;
}

}  // namespace

Job* Plan::Node::job() const {
  if (qa != nullptr) {
    return qa.get();
  }
  return gate != nullptr ? static_cast<Job*>(gate.get()) : proposal.get();
}

void Plan::Node::add_records(Synthesis& into, std::size_t shots) const {
  if (gate != nullptr) {
    GateRecord record;
    record.node_id = id;
    record.level = static_cast<Level>(depth);
    record.proposed = names_of(proposal->nodes());
    record.settled = names_of(gate->nodes());
    record.rounds = gate->rounds();
    into.gates.push_back(std::move(record));
  } else if (proposal != nullptr) {
    into.unsplit.push_back({id, proposal->failure()});
  }
  if (qa != nullptr) {
    LeafPairs leaf;
    leaf.node = place;
    leaf.pairs = qa->pairs();
    leaf.want = shots;
    leaf.duplicates = qa->duplicates();
    leaf.yields = qa->yields();
    leaf.failed_batches = qa->failed_batches();
    into.leaves.push_back(std::move(leaf));
  }
}

}  // namespace wend::synth
