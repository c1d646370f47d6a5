// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/serve_metrics.h"

namespace wend::serve {
namespace {

constexpr std::array<AttemptOutcome, 9> kOutcomes = {AttemptOutcome::kOk,
                                                     AttemptOutcome::kClientError,
                                                     AttemptOutcome::kRefused,
                                                     AttemptOutcome::kLimited,
                                                     AttemptOutcome::kServerError,
                                                     AttemptOutcome::kUnreachable,
                                                     AttemptOutcome::kTimeout,
                                                     AttemptOutcome::kBadAnswer,
                                                     AttemptOutcome::kCancelled};

base::Counter attempts_of(base::Metrics& metrics,
                          const std::string& upstream,
                          AttemptOutcome outcome) {
  return metrics.counter("wend_upstream_attempts_total",
                         "Calls to upstreams by how they ended.",
                         {{"upstream", upstream}, {"outcome", std::string(outcome_name(outcome))}});
}

base::Counter cooldowns_of(base::Metrics& metrics, const std::string& upstream) {
  return metrics.counter("wend_upstream_cooldowns_total",
                         "Times an upstream began to be left alone.",
                         {{"upstream", upstream}});
}

base::Counter decisions_of(base::Metrics& metrics, const std::string& model) {
  return metrics.counter(
      "wend_decisions_total", "Routed requests by the model that was chosen.", {{"model", model}});
}

base::Counter tokens_of(base::Metrics& metrics, const std::string& model, const char* kind) {
  return metrics.counter(
      "wend_tokens_total", "Tokens as upstreams counted them.", {{"model", model}, {"kind", kind}});
}

base::Counter cost_of(base::Metrics& metrics, const std::string& model) {
  return metrics.counter(
      "wend_cost_total", "Measured cost in the currency of the prices.", {{"model", model}});
}

base::Counter requests_of(base::Metrics& metrics, const std::string& endpoint, int status) {
  return metrics.counter("wend_requests_total",
                         "Requests by endpoint and status.",
                         {{"endpoint", endpoint}, {"status", std::to_string(status)}});
}

void add_tokens(base::Counter counter, std::optional<std::int64_t> tokens) {
  if (tokens && *tokens > 0) {
    counter.add(static_cast<double>(*tokens));
  }
}

}  // namespace

std::string_view outcome_name(AttemptOutcome outcome) {
  switch (outcome) {
    case AttemptOutcome::kOk:
      return "ok";
    case AttemptOutcome::kClientError:
      return "client_error";
    case AttemptOutcome::kRefused:
      return "refused";
    case AttemptOutcome::kLimited:
      return "limited";
    case AttemptOutcome::kServerError:
      return "server_error";
    case AttemptOutcome::kUnreachable:
      return "unreachable";
    case AttemptOutcome::kTimeout:
      return "timeout";
    case AttemptOutcome::kBadAnswer:
      return "bad_answer";
    default:
      return "cancelled";
  }
}

ServeMetrics::ServeMetrics(base::Metrics& metrics)
    : overhead(metrics.histogram("wend_routing_overhead_seconds",
                                 "From a request read to the first upstream asked.")),
      upstream_seconds(metrics.histogram("wend_upstream_seconds",
                                         "From an upstream asked to the end of its answer.")),
      first_byte_seconds(metrics.histogram("wend_first_byte_seconds",
                                           "From an upstream asked to its first byte.")),
      in_flight(metrics.gauge("wend_requests_in_flight", "Requests under way.")),
      client_gone(metrics.counter("wend_client_disconnects_total",
                                  "Clients that left before their answer was whole.")),
      deadline_exceeded(metrics.counter("wend_deadline_exceeded_total",
                                        "Requests that ran into their deadline.")),
      queue_full(metrics.counter("wend_inference_rejected_total",
                                 "Requests turned away because the queue was full.")),
      fallbacks(metrics.counter("wend_fallbacks_total",
                                "Answers of another model than the one chosen first.")),
      streams_broken(metrics.counter("wend_streams_broken_total",
                                     "Streams that ended with an error after their first byte.")),
      reloads(metrics.counter("wend_reloads_total", "Reloads.", {{"outcome", "ok"}})),
      reloads_refused(metrics.counter("wend_reloads_total", "Reloads.", {{"outcome", "refused"}})),
      decisions_kept(metrics.counter(
          "wend_decision_records_total", "Records of decisions.", {{"outcome", "kept"}})),
      decisions_dropped(metrics.counter(
          "wend_decision_records_total", "Records of decisions.", {{"outcome", "dropped"}})),
      decisions_failed(metrics.counter(
          "wend_decision_records_total", "Records of decisions.", {{"outcome", "failed"}})),
      metrics_(metrics) {
  for (const char* endpoint : {"chat", "route", "models", "decisions"}) {
    requests_of(metrics_, endpoint, 200);
  }
}

void ServeMetrics::seed(const Snapshot& snapshot) {
  for (const Upstream& upstream : snapshot.upstreams) {
    for (const AttemptOutcome outcome : kOutcomes) {
      attempts_of(metrics_, upstream.name, outcome);
    }
    cooldowns_of(metrics_, upstream.name);
  }
  for (const ServedModel& model : snapshot.models) {
    decisions_of(metrics_, model.id);
    tokens_of(metrics_, model.id, "input");
    tokens_of(metrics_, model.id, "output");
    cost_of(metrics_, model.id);
  }
}

void ServeMetrics::attempt(const std::string& upstream, AttemptOutcome outcome) {
  attempts_of(metrics_, upstream, outcome).add();
}

void ServeMetrics::answered(const std::string& endpoint, int status, double seconds) {
  requests_of(metrics_, endpoint, status).add();
  metrics_.histogram("wend_request_seconds", "Whole requests.", {{"endpoint", endpoint}})
      .observe(seconds);
}

void ServeMetrics::decided(const std::string& model) {
  decisions_of(metrics_, model).add();
}

void ServeMetrics::spent(const std::string& model,
                         const llm::Usage& usage,
                         std::optional<double> cost) {
  add_tokens(tokens_of(metrics_, model, "input"), usage.prompt_tokens);
  add_tokens(tokens_of(metrics_, model, "output"), usage.completion_tokens);
  if (cost) {
    cost_of(metrics_, model).add(*cost);
  }
}

void ServeMetrics::cooled(const std::string& upstream) {
  cooldowns_of(metrics_, upstream).add();
}

}  // namespace wend::serve
