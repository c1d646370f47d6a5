// SPDX-License-Identifier: Apache-2.0
#include "wend/base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::base {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, ShowsACounterAtZeroFromTheStart) {
  Metrics metrics;
  metrics.counter("wend_requests_total", "Requests.", {{"route", "chat"}});
  EXPECT_THAT(metrics.text(), HasSubstr("wend_requests_total{route=\"chat\"} 0"));
}

TEST(Metrics, TheSameNameAndLabelsAreTheSameMetric) {
  Metrics metrics;
  metrics.counter("wend_requests_total", "Requests.", {{"route", "chat"}}).add();
  metrics.counter("wend_requests_total", "Requests.", {{"route", "chat"}}).add(2);
  metrics.counter("wend_requests_total", "Requests.", {{"route", "models"}}).add();
  EXPECT_THAT(metrics.text(), HasSubstr("wend_requests_total{route=\"chat\"} 3"));
  EXPECT_THAT(metrics.text(), HasSubstr("wend_requests_total{route=\"models\"} 1"));
}

TEST(Metrics, ACounterThatNobodyMadeCountsNothing) {
  Metrics metrics;
  Counter counter;
  counter.add();
  counter = metrics.counter("wend_requests_total", "Requests.");
  counter.add(2);
  EXPECT_THAT(metrics.text(), HasSubstr("wend_requests_total 2"));
}

TEST(Metrics, TellsATenthOfAMillisecondFromAQuarter) {
  Metrics metrics;
  Histogram histogram = metrics.histogram("wend_overhead_seconds", "Overhead.");
  histogram.observe(0.00009);
  histogram.observe(0.0002);
  EXPECT_THAT(metrics.text(), HasSubstr("wend_overhead_seconds_bucket{le=\"0.0001\"} 1"));
  EXPECT_THAT(metrics.text(), HasSubstr("wend_overhead_seconds_bucket{le=\"0.00025\"} 2"));
  EXPECT_THAT(metrics.text(), HasSubstr("wend_overhead_seconds_count 2"));
}

}  // namespace
}  // namespace wend::base
