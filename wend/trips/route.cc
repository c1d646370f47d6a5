// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/route.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "wend/data/training_set.h"
#include "wend/ml/artifact.h"
#include "wend/routers/factory.h"
#include "wend/text/routing_text.h"
#include "wend/trips/manifest.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;

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

}  // namespace

RouteTrip::RouteTrip(TextEmbedder embedder,
                     std::unique_ptr<routers::Router> router,
                     std::string artifact_id)
    : embedder_(std::move(embedder)),
      router_(std::move(router)),
      artifact_id_(std::move(artifact_id)),
      cost_scale_(router_->models().size(), 1.0) {}

Result<RouteTrip> RouteTrip::open(const std::string& artifact_folder,
                                  const std::string& encoder_folder,
                                  const std::vector<ModelConfig>& models) {
  const ml::Artifact artifact = TRY(ml::read_artifact(artifact_folder));
  const Manifest manifest = TRY(parse_manifest(artifact.manifest_json));
  TextEmbedder embedder = TRY(TextEmbedder::open(encoder_folder));
  if (embedder.encoder_sha256() != manifest.encoder_sha256) {
    return fail(Code::kFailedPrecondition,
                "artifact '{}' was trained on the encoder {}, but '{}' holds {}; set encoder.path "
                "to the folder it was "
                "trained on, or train anew",
                artifact_folder,
                manifest.encoder_sha256.substr(0, 12),
                encoder_folder,
                embedder.encoder_sha256().substr(0, 12));
  }
  RouteTrip trip(std::move(embedder), TRY(routers::load_router(artifact)), manifest.id);
  for (std::size_t m = 0; m < manifest.models.size(); ++m) {
    const auto configured = std::ranges::find(models, manifest.models[m].id, &ModelConfig::id);
    if (configured == models.end()) {
      continue;
    }
    trip.cost_scale_.at(m) = price_ratio(manifest.models[m], *configured);
    if (std::abs(trip.cost_scale_[m] - 1.0) > 1e-9) {
      trip.notes_.push_back(
          fmt::format("{}: predicted cost is scaled by {:.3g}, since its configured price differs "
                      "from the artifact's.",
                      configured->id,
                      trip.cost_scale_[m]));
    }
  }
  return trip;
}

Result<core::Decision> RouteTrip::decide_one(const core::Query& query,
                                             policy::Request request,
                                             std::vector<core::TaskWeight>& tasks) const {
  core::Scores scores = router_->score(query);
  for (std::size_t m = 0; m < scores.models.size(); ++m) {
    core::ModelScore& score = scores.models[m];
    score.cost_normalised *= static_cast<float>(cost_scale_[m]);
    if (score.cost) {
      score.cost = *score.cost * cost_scale_[m];
    }
  }
  request.pinned = router_->pinned_model(query, request.preference);
  tasks = std::move(scores.tasks);
  return policy_.decide(scores, router_->models(), request);
}

Result<std::vector<RoutedPrompt>> RouteTrip::decide(const std::vector<RoutePrompt>& prompts,
                                                    const policy::Request& request,
                                                    std::size_t threads) {
  const auto begun = std::chrono::steady_clock::now();
  std::vector<std::string> texts;
  for (const RoutePrompt& prompt : prompts) {
    texts.push_back(text::routing_text(prompt.context, prompt.prompt));
  }
  const base::Matrix pooled = TRY(embedder_.pooled(texts, nullptr, threads, nullptr));
  const data::Embeddings embeddings = data::Embeddings::from_pooled(pooled);
  std::vector<RoutedPrompt> routed(prompts.size());
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    const core::Query query{texts[i], embeddings.unit.row(i), embeddings.norms[i]};
    routed[i].id = prompts[i].id;
    routed[i].decision = TRY(decide_one(query, request, routed[i].tasks));
  }
  const std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - begun;
  for (RoutedPrompt& one : routed) {
    one.overhead_us = spent.count() / static_cast<double>(prompts.size());
  }
  return routed;
}

}  // namespace wend::trips
