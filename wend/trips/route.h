// SPDX-License-Identifier: Apache-2.0
// The trip of a prompt without a network: text -> ids -> vector -> scores -> decision. `wend serve`
// walks the same way.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "wend/base/result.h"
#include "wend/core/decision.h"
#include "wend/data/normaliser.h"
#include "wend/policy/policy.h"
#include "wend/routers/router.h"
#include "wend/trips/config.h"
#include "wend/trips/manifest.h"
#include "wend/trips/text_encoder.h"

namespace wend::trips {

/// A decision with what is shown of it.
struct RoutedPrompt {
  core::Decision decision;
  std::vector<core::TaskWeight> tasks;
  std::vector<core::OverrideEffect> overrides = {};
  double overhead_us = 0;  ///< This prompt's share of tokenising, encoding, scoring and deciding.
};

/// A verified artifact with its encoder, ready to decide: immutable and safe from any thread. The
/// artifact must have been trained on this very encoder.
class RouteTrip {
 public:
  /// `models` are the configuration's: where a price differs from the manifest's, predicted cost is
  /// rescaled at the stored mean token counts, which needs a normaliser that can be inverted.
  static base::Result<RouteTrip> open(const std::string& artifact_folder,
                                      std::shared_ptr<const TextEncoder> encoder,
                                      const std::vector<ModelConfig>& models);

  /// One decision per routing text (text/routing_text.h makes it of a query or a chat), in order;
  /// they share a pass of the encoder. One for which no model is left has an error of its own and
  /// holds up no other.
  base::Result<std::vector<base::Result<RoutedPrompt>>> decide(
      const std::vector<std::string>& routing_texts,
      const policy::Request& request,
      std::size_t threads) const;

  /// The same for one routing text, on the calling thread. Its overhead_us is the time it took.
  base::Result<RoutedPrompt> decide(const std::string& routing_text,
                                    const policy::Request& request) const;

  const routers::Router& router() const { return *router_; }

  const std::string& artifact_id() const { return artifact_id_; }

  /// One sentence each: prices that differ from the manifest's, costs that are not known.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  RouteTrip(std::shared_ptr<const TextEncoder> encoder,
            std::unique_ptr<routers::Router> router,
            const Manifest& manifest);

  /// The costs at the configured prices from here on.
  base::Status use_prices(const Manifest& manifest, const std::vector<ModelConfig>& models);

  base::Result<RoutedPrompt> decide_one(const core::Query& query, policy::Request request) const;

  std::shared_ptr<const TextEncoder> encoder_;
  std::unique_ptr<routers::Router> router_;
  policy::HighestUtility policy_;
  std::string artifact_id_;
  data::Normaliser normaliser_;
  std::vector<double>
      cost_scale_;  ///< Per model: configured price over the manifest's; 1 where they agree.
  std::vector<std::string> notes_;
};

/// One decision as JSON: the object of `wend route` and of POST /v1/route
/// (docs/formats/decision.md), without the caller's id.
nlohmann::ordered_json decision_object(const RoutedPrompt& routed, const RouteTrip& trip);

/// The same as one line with the id in front: a JSON text or number, or null.
std::string decision_json(const std::string& id_json,
                          const RoutedPrompt& routed,
                          const RouteTrip& trip);

}  // namespace wend::trips
