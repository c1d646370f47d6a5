// SPDX-License-Identifier: Apache-2.0
#include "wend/label/annotate.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "wend/base/template.h"
#include "wend/label/cells.h"
#include "wend/label/parse_choice.h"

namespace wend::label {
namespace {

/// Puts the labels in order: heaviest first, at most so many, weights summing to 1.
void finish_labels(std::vector<WeightedNode>& labels, std::size_t most) {
  std::ranges::stable_sort(labels, std::ranges::greater(), &WeightedNode::weight);
  labels.resize(std::min(labels.size(), most));
  double sum = 0;
  for (const WeightedNode& label : labels) {
    sum += label.weight;
  }
  for (WeightedNode& label : labels) {
    label.weight /= sum;
  }
}

}  // namespace

AnnotateItems::AnnotateItems(core::CallLedger& ledger,
                             const Annotator& annotator,
                             const core::Taxonomy& taxonomy,
                             const std::vector<core::QueryRecord>& queries,
                             Shortlist shortlist)
    : ledger_(ledger),
      annotator_(annotator),
      taxonomy_(taxonomy),
      queries_(queries),
      shortlist_(std::move(shortlist)),
      children_(taxonomy.nodes().size()),
      annotations_(queries.size()) {
  std::vector<std::size_t> all(taxonomy.nodes().size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  for (const std::size_t node : all) {
    const auto& parent = taxonomy.nodes()[node].parent;
    (parent ? children_[*parent] : roots_).push_back(node);
  }
  for (core::TaskName& name : taxonomy.names(all)) {
    full_names_.push_back(std::move(name.name));
  }
}

const std::vector<std::size_t>& AnnotateItems::children_of(std::optional<std::size_t> node) const {
  return node ? children_[*node] : roots_;
}

base::Result<AnnotateItems::Asked> AnnotateItems::ask(std::size_t query,
                                                      const std::vector<std::size_t>& nodes) const {
  std::vector<ChoiceOption> options;
  for (const std::size_t node : nodes) {
    const core::TaskNode& shown = taxonomy_.nodes()[node];
    options.push_back({shortlist_ ? full_names_[node] : shown.name, shown.definition});
  }
  options.push_back({"none of these", ""});
  const std::string most = fmt::format("{}", annotator_.most);
  const std::string text = base::fill_template(annotator_.prompt,
                                               {{"question", question_text(queries_[query], "")},
                                                {"options", options_text(options)},
                                                {"most", most}});
  Asked asked;
  asked.step = TRY(llm::follow_dialogue(
      ledger_, annotator_.partner, {queries_[query].id, text}, [&](std::string_view said) {
        return parse_choice(said, options, annotator_.most).has_value();
      }));
  if (asked.step.state != llm::DialogueState::kRead) {
    return asked;
  }
  const auto choices = parse_choice(asked.step.reply, options, annotator_.most);
  for (const Choice& choice : *choices) {
    if (choice.option == nodes.size()) {
      asked.none = choice.weight;
    } else {
      asked.chosen.push_back({nodes[choice.option], choice.weight});
    }
  }
  return asked;
}

base::Result<std::vector<AnnotateItems::Branch>> AnnotateItems::go_down(std::size_t query,
                                                                        const Branch& branch,
                                                                        Walk& walk) const {
  Annotation& found = walk.annotation;
  const std::vector<std::size_t> nodes =
      shortlist_ && !branch.node ? shortlist_(query) : children_of(branch.node);
  if (branch.node && nodes.empty()) {
    found.labels.push_back({*branch.node, branch.weight});
    return std::vector<Branch>();
  }
  if (branch.node && nodes.size() == 1) {
    return std::vector<Branch>{{nodes[0], branch.weight}};
  }
  Asked asked = TRY(ask(query, nodes));
  const llm::DialogueState state = asked.step.state;
  const std::size_t level = branch.node ? taxonomy_.nodes()[*branch.node].level + 1 : 0;
  found.again += asked.step.again;
  walk.is_open = state == llm::DialogueState::kOpen;
  walk.last =
      llm::ItemCall{std::move(asked.step), shortlist_ ? 1 : taxonomy_.level_count() - level};
  if (state == llm::DialogueState::kUnreadable) {
    asked.none = 1;
    found.end = branch.node ? found.end : AnnotationEnd::kUnreadable;
  }
  if (branch.node && asked.none > 0) {
    found.labels.push_back({*branch.node, branch.weight * asked.none});
    found.is_partial = true;
  }
  std::vector<Branch> below;
  for (const WeightedNode& chosen : asked.chosen) {
    below.push_back({chosen.node, branch.weight * chosen.weight});
  }
  return below;
}

base::Result<AnnotateItems::Walk> AnnotateItems::walk(std::size_t query) const {
  Walk walk;
  walk.annotation.end = AnnotationEnd::kNone;
  std::vector<Branch> branches = {{}};
  while (!branches.empty()) {
    std::vector<Branch> next;
    for (const Branch& branch : branches) {
      const std::vector<Branch> below = TRY(go_down(query, branch, walk));
      if (walk.is_open) {
        return walk;
      }
      next.insert(next.end(), below.begin(), below.end());
    }
    // The heaviest alone go on: what they cost is bounded.
    std::ranges::stable_sort(next, std::ranges::greater(), &Branch::weight);
    next.resize(std::min(next.size(), annotator_.most));
    branches = std::move(next);
  }
  if (!walk.annotation.labels.empty()) {
    finish_labels(walk.annotation.labels, annotator_.most);
    walk.annotation.end = AnnotationEnd::kLabelled;
  }
  return walk;
}

base::Result<std::optional<llm::ItemCall>> AnnotateItems::look(std::size_t item) {
  return TRY(walk(item)).last;
}

base::Status AnnotateItems::finish(std::size_t item) {
  annotations_[item] = TRY(walk(item)).annotation;
  return {};
}

base::Status AnnotateItems::give_up(std::size_t item, const llm::CallFailure& /*failure*/) {
  annotations_[item] = {};
  return {};
}

Agreement agreement_with(const data::Dataset& labelled,
                         const core::Taxonomy& taxonomy,
                         const std::vector<Annotation>& annotations) {
  // The heaviest label of each query, where this taxonomy has it too.
  std::vector<std::optional<std::size_t>> known(labelled.queries.size());
  std::vector<float> weights(labelled.queries.size());
  for (const core::TaskLabel& label : labelled.labels) {
    const auto node = taxonomy.find(labelled.taxonomy.nodes()[label.node].id);
    if (node && label.weight > weights[label.query]) {
      known[label.query] = node;
      weights[label.query] = label.weight;
    }
  }
  Agreement agreement;
  std::vector<std::size_t> same(taxonomy.level_count());
  for (std::size_t query = 0; query < annotations.size(); ++query) {
    if (!known[query] || annotations[query].labels.empty()) {
      continue;
    }
    ++agreement.queries;
    for (std::size_t level = 0; level < same.size(); ++level) {
      same[level] += taxonomy.ancestor_at(*known[query], level) ==
                             taxonomy.ancestor_at(annotations[query].labels[0].node, level)
                         ? 1
                         : 0;
    }
  }
  for (const std::size_t count : same) {
    agreement.levels.push_back(agreement.queries == 0 ? 0
                                                      : static_cast<double>(count) /
                                                            static_cast<double>(agreement.queries));
  }
  return agreement;
}

}  // namespace wend::label
