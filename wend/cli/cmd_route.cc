// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "wend/base/file.h"
#include "wend/cli/line_source.h"
#include "wend/cli/number_option.h"
#include "wend/cli/prompt_line.h"
#include "wend/cli/verbs.h"
#include "wend/policy/allow_list.h"
#include "wend/policy/explain.h"
#include "wend/text/routing_text.h"
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
             policy::explain({routed.decision,
                              trip.router().models(),
                              routed.tasks,
                              trip.router().tasks(),
                              routed.overrides,
                              trip.router().overrides()}));
  for (const std::string& note : trip.notes()) {
    fmt::print("{}\n", note);
  }
}

Result<int> route_one(const trips::RouteTrip& trip,
                      const policy::Request& request,
                      const Globals& globals,
                      const RouteOptions& options) {
  const auto decided = TRY(trip.decide({text::routing_text("", *options.prompt)}, request, 1));
  const trips::RoutedPrompt routed = TRY(decided.front());
  if (globals.json) {
    fmt::print("{}\n", trips::decision_json("null", routed, trip));
  } else {
    print_for_a_person(routed, trip, options.explain);
  }
  return 0;
}

/// A line of the stream on its way: read, then decided, either of which may have failed.
struct Routed {
  std::size_t number;  ///< Of its line, from 1.
  RouteLine line;
  Result<trips::RoutedPrompt> result;
};

std::string answer_of(const Routed& routed, const trips::RouteTrip& trip, const std::string& file) {
  if (routed.result) {
    return trips::decision_json(routed.line.id_json, *routed.result, trip);
  }
  return fmt::format(
      "{{\"id\":{},\"error\":{}}}",
      routed.line.id_json,
      json_string(fmt::format("{}:{}: {}", file, routed.number, routed.result.error().message)));
}

/// The lines that can be read are decided together.
Result<std::vector<Routed>> route_batch(const trips::RouteTrip& trip,
                                        const policy::Request& request,
                                        const std::vector<LineSource::Line>& lines,
                                        std::size_t threads) {
  std::vector<Routed> batch;
  std::vector<std::string> texts;
  std::vector<std::size_t> places;
  for (const LineSource::Line& line : lines) {
    Routed routed{line.number, {}, {}};
    if (Status parsed = parse_route_line(line.text, routed.line); parsed) {
      texts.push_back(std::move(routed.line.text));
      places.push_back(batch.size());
    } else {
      routed.result = base::pass_on(std::move(parsed));
    }
    batch.push_back(std::move(routed));
  }
  auto decided = TRY(trip.decide(texts, request, threads));
  for (std::size_t i = 0; i < decided.size(); ++i) {
    batch[places[i]].result = std::move(decided[i]);
  }
  return batch;
}

/// One line out per line in, in order: a decision, or {"id","error"} for one that could not be read
/// or has no model left to choose.
Result<int> route_stream(const trips::RouteTrip& trip,
                         const policy::Request& request,
                         const Globals& globals,
                         const RouteOptions& options) {
  LineSource source = TRY(LineSource::open(options.in));
  for (const std::string& note : trip.notes()) {
    fmt::print(stderr, "note: {}\n", note);
  }
  std::size_t failed = 0;
  for (;;) {
    const std::vector<LineSource::Line> lines = TRY(source.next_batch(kBatch));
    if (lines.empty()) {
      break;
    }
    const std::vector<Routed> batch = TRY(route_batch(trip, request, lines, globals.threads));
    std::string answers;
    for (const Routed& line : batch) {
      failed += line.result ? 0 : 1;
      answers += answer_of(line, trip, options.in) + "\n";
    }
    // fmt::print throws where a stop interrupts it, in the middle of an answer.
    TRY(base::write_all(STDOUT_FILENO, answers, "stdout"));
  }
  if (failed > 0) {
    fmt::print(stderr,
               "wend: {}: {} {} no decision; the output says why of each\n",
               options.in,
               failed,
               failed == 1 ? "line has" : "lines have");
  }
  return failed > 0 ? 1 : 0;
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
  const auto encoder = TRY(trips::TextEncoder::load(trips::encoder_folder(loaded.config.encoder)));
  const auto trip = TRY(trips::RouteTrip::open(artifact, encoder, loaded.config.models));
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
  take_number(verb.add_option(
                  "--max-cost", options->max_cost, "Most that the call may be predicted to cost"),
              {0});
  verb.add_flag("--explain", options->explain, "Every candidate with its numbers, and why");
  verb.add_option("--in",
                  options->in,
                  "JSONL with {\"id\"?, \"prompt\"} or a chat, {\"id\"?, \"messages\"}, a line, or "
                  "- for stdin");
  verb.add_option("prompt", options->prompt, "The prompt");
  return interruptible([options, &globals] { return route(globals, *options); },
                       "what was answered is whole");
}

}  // namespace wend::cli
