// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/serve_metrics.h"

namespace wend::serve {
namespace {

/// Whose series are found beforehand. What else there is, requests that no endpoint takes, is rare.
constexpr std::array<const char*, 4> kEndpoints = {"chat", "route", "models", "decisions"};

base::Counter attempts_of(base::Metrics& metrics,
                          const std::string& upstream,
                          AttemptOutcome outcome) {
  return metrics.counter("wend_upstream_attempts_total",
                         "Calls to upstreams by how they ended.",
                         {{"upstream", upstream}, {"outcome", std::string(outcome_name(outcome))}});
}

base::Counter tokens_of(base::Metrics& metrics, const std::string& model, const char* kind) {
  return metrics.counter(
      "wend_tokens_total", "Tokens as upstreams counted them.", {{"model", model}, {"kind", kind}});
}

UpstreamMeters meters_of(base::Metrics& metrics, const Upstream& upstream) {
  UpstreamMeters meters;
  for (std::size_t i = 0; i < kAttemptOutcomes; ++i) {
    meters.attempts.at(i) = attempts_of(metrics, upstream.name, static_cast<AttemptOutcome>(i));
  }
  meters.cooldowns = metrics.counter("wend_upstream_cooldowns_total",
                                     "Times an upstream began to be left alone.",
                                     {{"upstream", upstream.name}});
  return meters;
}

ModelMeters meters_of(base::Metrics& metrics, const ServedModel& model) {
  return {metrics.counter("wend_decisions_total",
                          "Routed requests by the model that was chosen.",
                          {{"model", model.id}}),
          tokens_of(metrics, model.id, "input"),
          tokens_of(metrics, model.id, "output"),
          metrics.counter("wend_cost_total",
                          "Measured cost in the currency of the prices.",
                          {{"model", model.id}})};
}

base::Counter requests_of(base::Metrics& metrics, const std::string& endpoint, int status) {
  return metrics.counter("wend_requests_total",
                         "Requests by endpoint and status.",
                         {{"endpoint", endpoint}, {"status", std::to_string(status)}});
}

base::Histogram seconds_of(base::Metrics& metrics, const std::string& endpoint) {
  return metrics.histogram("wend_request_seconds", "Whole requests.", {{"endpoint", endpoint}});
}

}  // namespace

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
  for (const char* endpoint : kEndpoints) {
    endpoints_.emplace(
        endpoint,
        EndpointMeters{requests_of(metrics, endpoint, 200), seconds_of(metrics, endpoint)});
  }
}

void ServeMetrics::attach(Snapshot& snapshot) {
  for (Upstream& upstream : snapshot.upstreams) {
    upstream.meters = meters_of(metrics_, upstream);
  }
  for (ServedModel& model : snapshot.models) {
    model.meters = meters_of(metrics_, model);
  }
}

void ServeMetrics::answered(std::string_view endpoint, int status, double seconds) {
  const auto found = endpoints_.find(endpoint);
  if (found != endpoints_.end() && status == 200) {
    found->second.answered_200.add();
  } else {
    requests_of(metrics_, std::string(endpoint), status).add();
  }
  if (found != endpoints_.end()) {
    found->second.seconds.observe(seconds);
  } else {
    seconds_of(metrics_, std::string(endpoint)).observe(seconds);
  }
}

}  // namespace wend::serve
