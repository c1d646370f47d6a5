// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/route.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "wend/data/training_set.h"
#include "wend/ml/artifact.h"
#include "wend/routers/factory.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

/// Cost of a mean call at the given prices; nothing where a price or a count is unknown.
std::optional<double> mean_call_cost(std::optional<double> input_price,
                                     std::optional<double> output_price,
                                     const Manifest::Model& model) {
  if (!input_price || !output_price || !model.mean_input_tokens || !model.mean_output_tokens) {
    return std::nullopt;
  }
  return *input_price * *model.mean_input_tokens + *output_price * *model.mean_output_tokens;
}

/// New price over old at the stored mean token counts (product.md, "Artifact"); 1 where they agree
/// or nothing is known.
double price_ratio(const Manifest::Model& trained, const ModelConfig& configured) {
  const std::optional<double> before =
      mean_call_cost(trained.input_price_per_mtok, trained.output_price_per_mtok, trained);
  const std::optional<double> now =
      mean_call_cost(configured.price.input, configured.price.output, trained);
  return before && now && *before > 0 ? *now / *before : 1.0;
}

/// Whether costs count but cannot be told in currency.
bool hides_currency(const data::Normaliser& normaliser) {
  return normaliser.kind() != data::NormaliserKind::kNone && !normaliser.invertible();
}

/// Through currency, since a normaliser may shift as well as scale.
void rescale(core::ModelScore& score, double price_ratio, const data::Normaliser& normaliser) {
  if (price_ratio != 1.0 && score.cost) {
    score.cost = *score.cost * price_ratio;
    score.cost_normalised = static_cast<float>(normaliser.normalise(*score.cost));
  }
}

}  // namespace

RouteTrip::RouteTrip(std::shared_ptr<const TextEncoder> encoder,
                     std::unique_ptr<routers::Router> router,
                     const Manifest& manifest)
    : encoder_(std::move(encoder)),
      router_(std::move(router)),
      artifact_id_(manifest.id),
      normaliser_(manifest.normaliser),
      cost_scale_(router_->models().size(), 1.0) {
  if (hides_currency(normaliser_)) {
    notes_.push_back(
        fmt::format("Costs in currency are not known, so that --max-cost leaves no model: the "
                    "artifact's normaliser {} has a scale for each group of its data; train with "
                    "--normaliser reference to have them.",
                    data::normaliser_name(normaliser_.kind())));
  }
}

Status RouteTrip::use_prices(const Manifest& manifest, const std::vector<ModelConfig>& models) {
  if (normaliser_.kind() == data::NormaliserKind::kNone) {
    return {};
  }
  for (std::size_t m = 0; m < manifest.models.size(); ++m) {
    const auto configured = std::ranges::find(models, manifest.models[m].id, &ModelConfig::id);
    const double ratio =
        configured == models.end() ? 1.0 : price_ratio(manifest.models[m], *configured);
    if (std::abs(ratio - 1.0) <= 1e-9) {
      continue;
    }
    if (hides_currency(normaliser_)) {
      return fail(Code::kFailedPrecondition,
                  "the configured price of '{}' differs from the artifact's, and the artifact's "
                  "normaliser {} cannot be inverted to rescale its cost; take the price out of the "
                  "configuration, or train with --normaliser reference",
                  configured->id,
                  data::normaliser_name(normaliser_.kind()));
    }
    cost_scale_.at(m) = ratio;
    notes_.push_back(
        fmt::format("{}: predicted cost is scaled by {:.3g}, since its configured price differs "
                    "from the artifact's.",
                    configured->id,
                    ratio));
  }
  return {};
}

Result<RouteTrip> RouteTrip::open(const std::string& artifact_folder,
                                  std::shared_ptr<const TextEncoder> encoder,
                                  const std::vector<ModelConfig>& models) {
  const ml::Artifact artifact = TRY(ml::read_artifact(artifact_folder));
  const Manifest manifest = TRY(parse_manifest(artifact.manifest_json));
  if (encoder->sha256() != manifest.encoder_sha256) {
    return fail(Code::kFailedPrecondition,
                "artifact '{}' was trained on the encoder {}, but encoder.path holds {}; set it to "
                "the folder it was trained on, or train anew",
                artifact_folder,
                manifest.encoder_sha256.substr(0, 12),
                encoder->sha256().substr(0, 12));
  }
  RouteTrip trip(std::move(encoder), TRY(routers::load_router(artifact)), manifest);
  TRY(trip.use_prices(manifest, models));
  return trip;
}

Result<RoutedPrompt> RouteTrip::decide_one(const core::Query& query,
                                           policy::Request request) const {
  core::Scores scores = router_->score(query);
  for (std::size_t m = 0; m < scores.models.size(); ++m) {
    rescale(scores.models[m], cost_scale_[m], normaliser_);
  }
  request.pinned = router_->pinned_model(query, request.preference);
  return RoutedPrompt{TRY(policy_.decide(scores, router_->models(), request)),
                      std::move(scores.tasks),
                      std::move(scores.overrides)};
}

Result<RoutedPrompt> RouteTrip::decide(const std::string& routing_text,
                                       const policy::Request& request) const {
  const auto begun = std::chrono::steady_clock::now();
  const std::string* const text = &routing_text;
  const base::Matrix pooled = TRY(encoder_->pooled({&text, 1}, 1, nullptr));
  const data::Embeddings embeddings = data::Embeddings::from_pooled(pooled);
  RoutedPrompt routed =
      TRY(decide_one({routing_text, embeddings.unit.row(0), embeddings.norms[0]}, request));
  routed.overhead_us =
      std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begun).count();
  return routed;
}

Result<std::vector<Result<RoutedPrompt>>> RouteTrip::decide(const std::vector<std::string>& texts,
                                                            const policy::Request& request,
                                                            std::size_t threads) const {
  const auto begun = std::chrono::steady_clock::now();
  std::vector<const std::string*> views;
  views.reserve(texts.size());
  for (const std::string& text : texts) {
    views.push_back(&text);
  }
  const base::Matrix pooled = TRY(encoder_->pooled(views, threads, nullptr));
  const data::Embeddings embeddings = data::Embeddings::from_pooled(pooled);
  std::vector<Result<RoutedPrompt>> routed;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    routed.push_back(decide_one({texts[i], embeddings.unit.row(i), embeddings.norms[i]}, request));
  }
  const std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - begun;
  for (Result<RoutedPrompt>& one : routed) {
    if (one) {
      one->overhead_us = spent.count() / static_cast<double>(texts.size());
    }
  }
  return routed;
}

}  // namespace wend::trips
