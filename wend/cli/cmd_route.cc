// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/cli/line_source.h"
#include "wend/cli/prompt_line.h"
#include "wend/cli/verbs.h"
#include "wend/policy/allow_list.h"
#include "wend/policy/explain.h"
#include "wend/trips/route.h"

namespace wend::cli {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

struct RouteOptions {
  std::string artifact;
  std::string preference;
  std::vector<std::string> models;
  std::optional<double> max_cost;
  bool explain = false;
  std::string in;
  std::optional<std::string> prompt;
};

/// Prompts that share a pass of the encoder: enough to fill both cores, few enough that answers
/// keep coming.
constexpr std::size_t kBatch = 256;

Result<policy::Request> make_request(const RouteOptions& options, const trips::Config& config) {
  policy::Request request;
  request.preference = TRY(core::parse_preference(
      options.preference.empty() ? config.policy.preference : options.preference));
  request.allowed_models = options.models;
  request.max_cost = options.max_cost ? options.max_cost : config.policy.max_cost;
  if (request.max_cost && !std::isfinite(*request.max_cost)) {
    return fail(
        Code::kInvalidArgument, "--max-cost {}: expected a number of 0 or more", *request.max_cost);
  }
  return request;
}

void print_for_a_person(const trips::RoutedPrompt& routed,
                        const trips::RouteTrip& trip,
                        bool explain) {
  if (!explain) {
    fmt::print("{}\n", trip.router().models()[routed.decision.model].id);
    return;
  }
  fmt::print("{}",
             policy::explain(
                 {routed.decision, trip.router().models(), routed.tasks, trip.router().tasks()}));
  for (const std::string& note : trip.notes()) {
    fmt::print("{}\n", note);
  }
}

Result<int> route_one(trips::RouteTrip& trip,
                      const policy::Request& request,
                      const Globals& globals,
                      const RouteOptions& options) {
  const auto routed = TRY(trip.decide({{"", "", *options.prompt}}, request, 1));
  if (globals.json) {
    fmt::print("{}\n", trips::decision_json(routed.front(), trip));
  } else {
    print_for_a_person(routed.front(), trip, options.explain);
  }
  return 0;
}

/// One line out per line in, in order; a bad one becomes {"id","error"} and counts.
Result<std::size_t> route_batch(trips::RouteTrip& trip,
                                const policy::Request& request,
                                const std::vector<LineSource::Line>& lines,
                                const Globals& globals,
                                const std::string& file) {
  std::vector<std::string> answers(lines.size());
  std::vector<trips::RoutePrompt> prompts;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    PromptLine prompt;
    if (const Status parsed = parse_prompt_line(lines[i].text, "prompt", prompt); parsed) {
      prompts.push_back({prompt.id, prompt.context, prompt.prompt});
      places.push_back(i);
    } else {
      answers[i] = fmt::format(
          "{{\"id\":{},\"error\":{}}}",
          prompt.id_json,
          json_string(fmt::format("{}:{}: {}", file, lines[i].number, parsed.error().message)));
    }
  }
  const auto routed = TRY(trip.decide(prompts, request, globals.threads));
  for (std::size_t i = 0; i < routed.size(); ++i) {
    answers[places[i]] = trips::decision_json(routed[i], trip);
  }
  for (const std::string& answer : answers) {
    fmt::print("{}\n", answer);
  }
  std::fflush(stdout);
  return lines.size() - prompts.size();
}

Result<int> route_stream(trips::RouteTrip& trip,
                         const policy::Request& request,
                         const Globals& globals,
                         const RouteOptions& options) {
  LineSource source = TRY(LineSource::open(options.in));
  std::size_t bad = 0;
  for (;;) {
    const std::vector<LineSource::Line> lines = TRY(source.next_batch(kBatch));
    if (lines.empty()) {
      break;
    }
    bad += TRY(route_batch(trip, request, lines, globals, options.in));
  }
  if (bad > 0) {
    fmt::print(stderr,
               "wend: {}: {} lines could not be read; each has its error in the output\n",
               options.in,
               bad);
    return 1;
  }
  return 0;
}

Result<int> route(const Globals& globals, const RouteOptions& options) {
  if (options.prompt.has_value() == !options.in.empty()) {
    return fail(Code::kInvalidArgument, "route: expected either a PROMPT or --in FILE.jsonl");
  }
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  const std::string& artifact =
      options.artifact.empty() ? loaded.config.router.artifact : options.artifact;
  if (artifact.empty()) {
    return fail(Code::kInvalidArgument,
                "route: expected --artifact DIR, or router.artifact in wend.yaml");
  }
  const policy::Request request = TRY(make_request(options, loaded.config));
  auto trip = TRY(trips::RouteTrip::open(
      artifact, trips::encoder_folder(loaded.config.encoder), loaded.config.models));
  TRY(policy::check_allowed_models(options.models, trip.router().models()));
  return options.prompt ? route_one(trip, request, globals, options)
                        : route_stream(trip, request, globals, options);
}

}  // namespace

Run declare_route(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<RouteOptions>();
  verb.add_option(
      "--artifact", options->artifact, "Folder of the trained router (default: router.artifact)");
  verb.add_option("--preference",
                  options->preference,
                  "cost, balanced, quality, or 0 to 1 (default: policy.preference)");
  verb.add_option("--models", options->models, "Only these models; * stands for anything")
      ->delimiter(',')
      ->allow_extra_args(false);
  verb.add_option("--max-cost", options->max_cost, "Most that the call may be predicted to cost")
      ->check(CLI::NonNegativeNumber);
  verb.add_flag("--explain", options->explain, "Every candidate with its numbers, and why");
  verb.add_option("--in", options->in, "JSONL with {\"id\"?, \"prompt\"} a line, or - for stdin");
  verb.add_option("prompt", options->prompt, "The prompt");
  return [options, &globals] { return route(globals, *options); };
}

}  // namespace wend::cli
