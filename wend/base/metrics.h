// SPDX-License-Identifier: Apache-2.0
// Counters, gauges and histograms in Prometheus' words. The door to prometheus-cpp.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wend::base {

/// Only grows. Safe from any thread, without locks. Valid as long as its Metrics. One that no
/// Metrics has made counts nothing.
class Counter {
 public:
  Counter() = default;

  void add(double amount = 1) const;

 private:
  friend class Metrics;

  explicit Counter(void* counter) : counter_(counter) {}

  void* counter_ = nullptr;
};

class Gauge {
 public:
  void set(double value);
  void add(double amount);

 private:
  friend class Metrics;

  explicit Gauge(void* gauge) : gauge_(gauge) {}

  void* gauge_;
};

/// Of seconds, in buckets from 0.1 ms to ten minutes.
class Histogram {
 public:
  void observe(double seconds);

 private:
  friend class Metrics;

  explicit Histogram(void* histogram) : histogram_(histogram) {}

  void* histogram_;
};

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

/// All metrics of a process. One name has one help text; asking again for the same name and labels
/// gives the same metric. A counter shows from the moment it is asked for, at zero.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Counter counter(const std::string& name,
                  const std::string& help,
                  const MetricLabels& labels = {});
  Gauge gauge(const std::string& name, const std::string& help, const MetricLabels& labels = {});
  Histogram histogram(const std::string& name,
                      const std::string& help,
                      const MetricLabels& labels = {});

  /// The text exposition format.
  std::string text() const;

 private:
  struct Registry;
  std::unique_ptr<Registry> registry_;
};

}  // namespace wend::base
