// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/node_job.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "wend/base/check.h"
#include "wend/synth/profile.h"

namespace wend::synth {
namespace {

/// "- Mathematics: questions about ...", a line each.
std::string list_of(std::span<const NodeDraft> nodes) {
  std::string list;
  for (const NodeDraft& node : nodes) {
    list += fmt::format("{}- {}: {}", list.empty() ? "" : "\n", node.name, node.definition);
  }
  return list;
}

std::vector<std::string> names_of(std::span<const NodeDraft> nodes) {
  std::vector<std::string> names;
  names.reserve(nodes.size());
  for (const NodeDraft& node : nodes) {
    names.push_back(node.name);
  }
  return names;
}

std::string format_of(const Voice& voice, Level level) {
  return voice.format("nodes", label_of(level));
}

}  // namespace

std::string rules_text(const Voice& voice, const SetRules& rules) {
  constexpr std::array<std::string_view, 3> kRules = {
      "rules_domains", "rules_subcategories", "rules_levels"};
  return voice.prompts.render(kRules.at(static_cast<std::size_t>(rules.level)),
                              {{"cap", std::to_string(rules.cap)}});
}

NodeTask further_domains(const Voice& voice, std::span<const NodeDraft> there, std::size_t cap) {
  NodeTask task;
  task.rules = {Level::kDomain, cap, names_of(there)};
  const std::string taken = list_of(there);
  task.about = "They are to stand beside these domains and not repeat them:\n" + taken;
  task.request = voice.prompts.render("domains",
                                      {{"taken", taken},
                                       {"cap", std::to_string(cap)},
                                       {"rules", rules_text(voice, task.rules)},
                                       {"format", format_of(voice, Level::kDomain)}});
  return task;
}

NodeTask described_domains(const Voice& voice, std::string_view description, std::size_t cap) {
  NodeTask task;
  task.rules = {Level::kDomain, cap, {}};
  task.about = fmt::format("They are to hold the questions of this application: {}", description);
  task.request = voice.prompts.render("describe",
                                      {{"description", description},
                                       {"cap", std::to_string(cap)},
                                       {"rules", rules_text(voice, task.rules)},
                                       {"format", format_of(voice, Level::kDomain)}});
  return task;
}

NodeTask children_of(const Voice& voice, std::span<const NodeDraft> path, std::size_t cap) {
  CHECK(path.size() == 1 || path.size() == 2, "children of a path of {}", path.size());
  const bool is_domain = path.size() == 1;
  NodeTask task;
  task.rules = {is_domain ? Level::kSubcategory : Level::kDifficulty, cap, {}};
  task.about = fmt::format("They are to divide the {} \"{}\" ({}).{}",
                           is_domain ? "domain" : "subcategory",
                           path.back().name,
                           path.back().definition,
                           is_domain ? "" : " They stand in order, the easiest first.");
  task.request = voice.prompts.render(is_domain ? "subcategories" : "levels",
                                      {{"profile", profile_text(path)},
                                       {"example", path.back().example},
                                       {"rules", rules_text(voice, task.rules)},
                                       {"format", format_of(voice, task.rules.level)}});
  return task;
}

NodeTask further_children(const Voice& voice, const FurtherChildren& wanted) {
  CHECK(wanted.path.size() <= 2, "children of a path of {}", wanted.path.size());
  const auto level = static_cast<Level>(wanted.path.size());
  const std::string place =
      wanted.path.empty() ? "The map of all questions" : profile_text(wanted.path);
  const std::string taken = wanted.there.empty() ? "none yet" : list_of(wanted.there);
  NodeTask task;
  task.rules = {level, wanted.cap, names_of(wanted.there)};
  task.about = fmt::format(
      "They are to hold these questions: {}\nThey are to stand beside these and not repeat "
      "them:\n{}",
      wanted.description,
      taken);
  task.request = voice.prompts.render("grow",
                                      {{"place", place},
                                       {"plural", std::string(plural_of(level))},
                                       {"taken", taken},
                                       {"cap", std::to_string(wanted.cap)},
                                       {"description", std::string(wanted.description)},
                                       {"rules", rules_text(voice, task.rules)},
                                       {"format", format_of(voice, level)}});
  return task;
}

NodeJob::NodeJob(const Voice& voice, NodeTask task)
    : voice_(voice), task_(std::move(task)), exchange_(voice.ask(Role::kNodes, task_.request, 0)) {}

base::Status NodeJob::take(const std::string& reply) {
  Parsed<NodeSet> set = parse_nodes(reply, task_.rules.level, voice_.form);
  std::optional<std::string> wrong =
      set ? complaint_about(*set, task_.rules) : std::optional(set.error());
  if (wrong) {
    count_malformed();
    if (exchange_.ask_again(voice_.prompts, reply, *wrong)) {
      return {};
    }
  }
  done_ = true;
  if (set) {
    nodes_ = kept_of(*set, task_.rules);
  }
  if (nodes_.empty()) {
    failure_ = wrong.value_or("nothing new was proposed");
  }
  return {};
}

}  // namespace wend::synth
