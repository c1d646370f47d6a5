// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/discover_summary.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "wend/cli/spend.h"

namespace wend::cli {

using Json = nlohmann::ordered_json;

namespace {

double peak_rss_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// What finding takes besides discovery's own stages: the typical prompts and their words.
double words_seconds(const discover::StageTimes& seconds, const DiscoverTiming& timing) {
  const double stages = seconds.neighbours + seconds.overlap + seconds.leiden + seconds.summary;
  return std::max(0.0, timing.find - stages);
}

Json stages_json(const discover::StageTimes& seconds, const DiscoverTiming& timing) {
  return {{{"name", "prepare"}, {"seconds", timing.prepare}},
          {{"name", "describe"}, {"seconds", timing.describe}},
          {{"name", "neighbours"}, {"seconds", seconds.neighbours}},
          {{"name", "overlap"}, {"seconds", seconds.overlap}},
          {{"name", "leiden"}, {"seconds", seconds.leiden}},
          {{"name", "summary"}, {"seconds", seconds.summary}},
          {{"name", "words"}, {"seconds", words_seconds(seconds, timing)}},
          {{"name", "name"}, {"seconds", timing.name}},
          {{"name", "write"}, {"seconds", timing.write}}};
}

Json agreement_json(const std::optional<trips::TopicAgreement>& agreement) {
  return agreement ? Json({{"field", agreement->field},
                           {"prompts", agreement->agreement.items},
                           {"topics", agreement->topics},
                           {"nmi", agreement->agreement.nmi},
                           {"ari", agreement->agreement.ari}})
                   : Json();
}

std::size_t assigned(const discover::Discovered& found) {
  return found.task.size() - found.others.prompts.size();
}

Json to_json(const DiscoverOptions& options,
             const trips::TaskDiscovery& discovery,
             const DiscoverTiming& timing) {
  const discover::Discovered& found = discovery.found.discovered;
  Json iterations = Json::array();
  for (const discover::Iteration& iteration : found.iterations) {
    iterations.push_back({{"nodes", iteration.nodes},
                          {"communities", iteration.communities},
                          {"near_edges", iteration.near_edges},
                          {"kept_edges", iteration.kept_edges},
                          {"rbo_threshold", iteration.rbo_threshold}});
  }
  return {{"dataset", options.data.dataset},
          {"out", options.out},
          {"describe", options.describe},
          {"tasks", found.tasks.size()},
          {"assigned", assigned(found)},
          {"unassigned", found.others.prompts.size()},
          {"modularity", found.modularity},
          {"iterations", iterations},
          {"agreement", agreement_json(discovery.agreement)},
          {"stages", stages_json(found.seconds, timing)},
          {"peak_rss_mb", peak_rss_mb()}};
}

void print_for_a_person(const DiscoverOptions& options,
                        const trips::TaskDiscovery& discovery,
                        const DiscoverTiming& timing) {
  const discover::Discovered& found = discovery.found.discovered;
  fmt::print("{}: {} task types, {} prompts in them and {} in none (modularity {:.3f})\n",
             options.data.dataset,
             found.tasks.size(),
             assigned(found),
             found.others.prompts.size(),
             found.modularity);
  for (const discover::Iteration& iteration : found.iterations) {
    fmt::print("  {} nodes, {} of {} edges kept, {} communities\n",
               iteration.nodes,
               iteration.kept_edges,
               iteration.near_edges,
               iteration.communities);
  }
  if (discovery.agreement) {
    fmt::print("agrees with the {} values of '{}': NMI {:.3f}, ARI {:.3f} ({} prompts)\n",
               discovery.agreement->topics,
               discovery.agreement->field,
               discovery.agreement->agreement.nmi,
               discovery.agreement->agreement.ari,
               discovery.agreement->agreement.items);
  }
  fmt::print(
      "seconds: {:.1f} prepare, {:.1f} neighbours, {:.1f} overlap, {:.1f} Leiden, {:.1f} "
      "summary; peak {:.0f} MiB\n",
      timing.prepare,
      found.seconds.neighbours,
      found.seconds.overlap,
      found.seconds.leiden,
      found.seconds.summary,
      peak_rss_mb());
  fmt::print(
      "{0}/map.html shows them; wend train --router trouter --dataset {1} --tasks {0} "
      "learns from them\n",
      options.out,
      options.data.dataset);
}

Json asked_json(const AskedDescriber& asked, const std::string& currency) {
  if (!asked.described) {
    return {};
  }
  const trips::DescribeResult& described = *asked.described;
  const auto tokens = [&](std::uint64_t llm::DialogueTally::*kind) {
    return described.asked.calls.*kind + (asked.named ? asked.named->asked.calls.*kind : 0);
  };
  Json json = {{"model", asked.model},
               {"prompts", described.descriptions.size()},
               {"described", described.described},
               {"unreadable", described.unreadable},
               {"unanswered", described.unanswered},
               {"asked_again", described.asked_again},
               {"reused", described.asked.calls.reused},
               {"calls", described.asked.run.calls},
               {"input_tokens", tokens(&llm::DialogueTally::input_tokens)},
               {"output_tokens", tokens(&llm::DialogueTally::output_tokens)}};
  if (asked.named) {
    json["tasks_named"] = asked.named->named;
    json["naming_calls"] = asked.named->asked.run.calls;
  }
  json["estimate"] = asked.estimate.cost;
  json["spent"] = asked.spent();
  json["currency"] = currency;
  return json;
}

const llm::RunReport& last_run(const AskedDescriber& asked) {
  return asked.named ? asked.named->asked.run : asked.described->asked.run;
}

void print_asked(const AskedDescriber& asked, const std::string& currency) {
  if (!asked.described) {
    fmt::print("no descriptions: each prompt stands for itself\n");
    return;
  }
  fmt::print(
      "{} described {} of {} prompts (the others stand for themselves) and named {} tasks: "
      "{:.4g} {}\n",
      asked.model,
      asked.described->described,
      asked.described->descriptions.size(),
      asked.named ? asked.named->named : 0,
      asked.spent(),
      currency);
}

}  // namespace

void print_discovery(const Globals& globals, const DiscoverOutcome& outcome) {
  if (globals.json) {
    Json document = to_json(outcome.options, outcome.discovery, outcome.timing);
    document["asked"] = asked_json(outcome.asked, outcome.currency);
    print_json(document);
    return;
  }
  print_asked(outcome.asked, outcome.currency);
  print_for_a_person(outcome.options, outcome.discovery, outcome.timing);
}

int print_stopped_discovery(const Globals& globals,
                            const DiscoverOptions& options,
                            const AskedDescriber& asked,
                            const std::string& currency) {
  const llm::RunReport& run = last_run(asked);
  if (globals.json) {
    const char* const stopped = stop_reason(run);
    print_json({{"dataset", options.data.dataset},
                {"tasks", Json()},
                {"asked", asked_json(asked, currency)},
                {"stopped", stopped == nullptr ? Json() : Json(stopped)},
                {"left", left_to_json(run.left)}});
  } else {
    fmt::print("{} of {} prompts described, {:.4g} {}; nothing was written\n",
               asked.described->described,
               asked.described->descriptions.size(),
               asked.spent(),
               currency);
    print_how_it_ended(run);
  }
  return exit_status_of(run);
}

}  // namespace wend::cli
