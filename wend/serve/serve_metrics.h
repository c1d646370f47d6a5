// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string_view>

#include "wend/base/metrics.h"
#include "wend/serve/snapshot.h"

namespace wend::serve {

/// Every metric of the proxy, present from the start at zero. Names begin with wend_.
class ServeMetrics {
 public:
  explicit ServeMetrics(base::Metrics& metrics);

  /// Makes the series of these upstreams and models, which show at zero from now on, and gives the
  /// snapshot their counters.
  void attach(Snapshot& snapshot);

  /// `endpoint` is of a closed vocabulary.
  void answered(std::string_view endpoint, int status, double seconds);

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
  struct EndpointMeters {
    base::Counter answered_200;
    base::Histogram seconds;
  };

  base::Metrics& metrics_;
  std::map<std::string_view, EndpointMeters> endpoints_;
};

}  // namespace wend::serve
