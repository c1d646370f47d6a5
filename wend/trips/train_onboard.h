// SPDX-License-Identifier: Apache-2.0
// The trip of `wend models add`: a new model answers a few queries of the training's, spread over
// its task types, and joins the router with everything else frozen. In order: the probes, what they
// would cost, the calls (all through the ledger, into a collection of their own), the heads, what
// the model is expected to be worth on validation, the artifact.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/trips/expected_gain.h"
#include "wend/trips/from_data.h"
#include "wend/trips/label.h"
#include "wend/trips/upkeep_artifact.h"

namespace wend::trips {

struct OnboardRequest {
  std::string model;  ///< Its id in the configuration.
  std::size_t probes = 50;
  std::optional<double> budget;
  std::uint64_t seed = 1;
  std::size_t threads = 0;
};

/// At one preference.
struct PreferenceGain {
  std::string name;
  core::Preference preference;
  ExpectedGain expected;
};

struct OnboardReport {
  Upkept upkept;
  std::size_t scored = 0;             ///< Probes with a quality.
  std::size_t validation = 0;         ///< Queries that the gain is told of.
  std::vector<PreferenceGain> gains;  ///< Empty where the collection has no validation query.
};

class OnboardTrip {
 public:
  /// Chooses the probes. Fails where the artifact has the model already, was trained on another
  /// encoder or has costs that cannot be normalised here, and where no query can be scored. Asks
  /// and writes nothing. `prepared` is the collection's, with missing cells kept.
  static base::Result<std::unique_ptr<OnboardTrip>> prepare(OnboardRequest request,
                                                            const ml::Artifact& artifact,
                                                            const data::Dataset& dataset,
                                                            PreparedData prepared,
                                                            const Config& config);

  /// The calls that it needs.
  LabelTrip& label() { return *label_; }

  std::size_t probes() const { return label_->dataset().queries.size(); }

  /// Learns from what the probes' collection in the store has by now. Fails where fewer than five
  /// probes have a quality.
  base::Result<OnboardReport> learn(store::Store& store) const;

 private:
  OnboardTrip(OnboardRequest request, UpkeepArtifact before, PreparedData prepared)
      : request_(std::move(request)), before_(std::move(before)), prepared_(std::move(prepared)) {}

  OnboardRequest request_;
  UpkeepArtifact before_;
  PreparedData prepared_;
  std::unique_ptr<LabelTrip> label_;
};

}  // namespace wend::trips
