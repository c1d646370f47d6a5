// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/metric/router.h"

#include <utility>

#include "wend/base/check.h"
#include "wend/routers/metric/options.h"
#include "wend/routers/trouter/input.h"
#include "wend/routers/trouter/metric_columns.h"
#include "wend/routers/trouter/packed_mlp.h"
#include "wend/routers/trouter/stacked_heads.h"

namespace wend::routers {
namespace {

constexpr std::size_t kEmbeddingLayers = 2;

class MetricRouter final : public Router {
 public:
  MetricRouter(RouterManifest manifest,
               MetricColumns columns,
               InputScale input,
               PackedMlp query_mlp,
               StackedHeads heads)
      : manifest_(std::move(manifest)),
        columns_(std::move(columns)),
        input_(input),
        query_mlp_(std::move(query_mlp)),
        heads_(std::move(heads)) {}

  core::Scores score(const core::Query& query) const override {
    CHECK(query.embedding.size() == query_mlp_.inputs(),
          "an embedding of {} for a router of {}",
          query.embedding.size(),
          query_mlp_.inputs());
    const std::vector<float> e_q = query_mlp_.apply(network_input(query, input_));
    return {columns_.scores(heads_.apply(e_q), manifest_.normaliser), {}};
  }

  const std::vector<core::ModelCard>& models() const override { return manifest_.models; }

 private:
  RouterManifest manifest_;
  MetricColumns columns_;
  InputScale input_;
  PackedMlp query_mlp_;
  StackedHeads heads_;
};

}  // namespace

base::Result<std::unique_ptr<Router>> load_metric(const RouterManifest& manifest,
                                                  const ml::TensorMap& weights) {
  const MetricOptions options = TRY(MetricOptions::from_json(manifest.config_json));
  MetricColumns columns =
      TRY(MetricColumns::load(options.training.metrics, manifest.models.size(), weights));
  PackedMlp query_mlp = TRY(PackedMlp::load(weights, "query_mlp", kEmbeddingLayers));
  StackedHeads heads = TRY(StackedHeads::load(weights, columns.count()));
  if (heads.inputs() != query_mlp.outputs()) {
    return base::fail(base::Code::kDataLoss,
                      "the heads read {} values; query_mlp gives {}",
                      heads.inputs(),
                      query_mlp.outputs());
  }
  return std::unique_ptr<Router>(std::make_unique<MetricRouter>(manifest,
                                                                std::move(columns),
                                                                options.training.input,
                                                                std::move(query_mlp),
                                                                std::move(heads)));
}

}  // namespace wend::routers
