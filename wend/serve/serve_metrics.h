// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "wend/base/metrics.h"
#include "wend/serve/snapshot.h"

namespace wend::serve {

/// How a call to an upstream ended, as a metric's label: a closed vocabulary.
enum class AttemptOutcome {
  kOk,
  kClientError,  ///< 4xx that the caller has to mend.
  kRefused,      ///< 401 or 403: our key.
  kLimited,      ///< 429.
  kServerError,  ///< 5xx, 408.
  kUnreachable,  ///< No connection, or one that broke before the answer.
  kTimeout,
  kBadAnswer,  ///< Not HTTP, cut short, no JSON.
  kCancelled,  ///< The client went, the deadline passed, or the server was cut.
};

std::string_view outcome_name(AttemptOutcome outcome);

/// Every metric of the proxy, present from the start at zero. Names begin with wend_.
class ServeMetrics {
 public:
  explicit ServeMetrics(base::Metrics& metrics);

  /// Makes the series of these upstreams and models, so that they show at zero.
  void seed(const Snapshot& snapshot);

  void attempt(const std::string& upstream, AttemptOutcome outcome);
  void answered(const std::string& endpoint, int status, double seconds);
  void decided(const std::string& model);
  void spent(const std::string& model, const llm::Usage& usage, std::optional<double> cost);
  void cooled(const std::string& upstream);

  base::Histogram overhead;
  base::Histogram upstream_seconds;
  base::Histogram first_byte_seconds;
  base::Gauge in_flight;
  base::Counter client_gone;
  base::Counter deadline_exceeded;
  base::Counter queue_full;
  base::Counter fallbacks;
  base::Counter streams_broken;
  base::Counter reloads;
  base::Counter reloads_refused;
  base::Counter decisions_kept;
  base::Counter decisions_dropped;
  base::Counter decisions_failed;

 private:
  base::Metrics& metrics_;
};

}  // namespace wend::serve
