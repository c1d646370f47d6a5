// SPDX-License-Identifier: Apache-2.0
#include "wend/base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace wend::base {
namespace {

prometheus::Labels labels_of(const MetricLabels& labels) {
  return {labels.begin(), labels.end()};
}

/// From 0.1 ms, a fast decision, to ten minutes, the longest answer (conventions.md 5.4).
const prometheus::Histogram::BucketBoundaries kSeconds = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
    0.5,    1,       2.5,    5,     10,     30,    60,   120,   300,  600};

}  // namespace

struct Metrics::Registry {
  prometheus::Registry registry;
};

Metrics::Metrics() : registry_(std::make_unique<Registry>()) {}

Metrics::~Metrics() = default;

Counter Metrics::counter(const std::string& name,
                         const std::string& help,
                         const MetricLabels& labels) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(registry_->registry);
  return Counter(&family.Add(labels_of(labels)));
}

Gauge Metrics::gauge(const std::string& name, const std::string& help, const MetricLabels& labels) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(registry_->registry);
  return Gauge(&family.Add(labels_of(labels)));
}

Histogram Metrics::histogram(const std::string& name,
                             const std::string& help,
                             const MetricLabels& labels) {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(registry_->registry);
  return Histogram(&family.Add(labels_of(labels), kSeconds));
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(registry_->registry.Collect());
}

void Counter::add(double amount) const {
  if (counter_ != nullptr) {
    static_cast<prometheus::Counter*>(counter_)->Increment(amount);
  }
}

void Gauge::set(double value) {
  static_cast<prometheus::Gauge*>(gauge_)->Set(value);
}

void Gauge::add(double amount) {
  static_cast<prometheus::Gauge*>(gauge_)->Increment(amount);
}

void Histogram::observe(double seconds) {
  static_cast<prometheus::Histogram*>(histogram_)->Observe(seconds);
}

}  // namespace wend::base
