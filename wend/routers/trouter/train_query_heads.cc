// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/train_query_heads.h"

#include <cmath>
#include <utility>

#include "wend/routers/trouter/input.h"
#include "wend/routers/trouter/metric_columns.h"
#include "wend/routers/trouter/recogniser.h"
#include "wend/routers/trouter/router.h"
#include "wend/routers/trouter/stacked_heads.h"

namespace wend::routers {
namespace {

class QueryHeadRouter final : public Router {
 public:
  QueryHeadRouter(RouterManifest manifest,
                  MetricColumns columns,
                  InputScale input,
                  Recogniser recogniser,
                  StackedHeads heads)
      : manifest_(std::move(manifest)),
        columns_(std::move(columns)),
        input_(input),
        recogniser_(std::move(recogniser)),
        heads_(std::move(heads)) {}

  core::Scores score(const core::Query& query) const override {
    const std::vector<float> input = network_input(query, input_);
    const std::vector<float> posterior = recogniser_.posterior(input);
    std::vector<float> pair = recogniser_.query_vector(input);
    const std::size_t width = pair.size();
    pair.resize(2 * width);
    std::vector<float> expected(columns_.count(), 0.0F);
    for (std::size_t task = 0; task < posterior.size(); ++task) {
      const auto e_t = recogniser_.task_vectors().row(task);
      std::copy(e_t.begin(), e_t.end(), pair.begin() + static_cast<std::ptrdiff_t>(width));
      const std::vector<float> g = heads_.apply(pair);
      for (std::size_t j = 0; j < expected.size(); ++j) {
        expected[j] += posterior[task] * g[j];
      }
    }
    return {columns_.scores(expected, manifest_.normaliser), heaviest_tasks(posterior)};
  }

  const std::vector<core::ModelCard>& models() const override { return manifest_.models; }

  const std::vector<core::TaskName>& tasks() const override { return manifest_.tasks; }

  std::vector<float> task_posterior(const core::Query& query) const override {
    return recogniser_.posterior(network_input(query, input_));
  }

 private:
  RouterManifest manifest_;
  MetricColumns columns_;
  InputScale input_;
  Recogniser recogniser_;
  StackedHeads heads_;
};

}  // namespace

base::Result<std::unique_ptr<Router>> make_query_head_router(const RouterManifest& manifest,
                                                             const ml::TensorMap& weights) {
  const TRouterOptions options = TRY(TRouterOptions::from_json(manifest.config_json));
  MetricColumns columns =
      TRY(MetricColumns::load(options.training.metrics, manifest.models.size(), weights));
  Recogniser recogniser = TRY(Recogniser::load(weights, options.scorer, options.tau));
  StackedHeads heads = TRY(StackedHeads::load(weights, columns.count()));
  return std::unique_ptr<Router>(std::make_unique<QueryHeadRouter>(manifest,
                                                                   std::move(columns),
                                                                   options.training.input,
                                                                   std::move(recogniser),
                                                                   std::move(heads)));
}

}  // namespace wend::routers
