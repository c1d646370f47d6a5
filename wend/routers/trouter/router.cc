// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/router.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "wend/base/check.h"
#include "wend/routers/trouter/input.h"
#include "wend/routers/trouter/options.h"
#include "wend/routers/trouter/packed_mlp.h"
#include "wend/routers/trouter/recogniser.h"
#include "wend/routers/trouter/stored_table.h"

namespace wend::routers {
namespace {

constexpr std::size_t kTasksShown = 5;

class TRouter final : public Router {
 public:
  TRouter(RouterManifest manifest, InputScale input, Recogniser recogniser, StoredTable table)
      : manifest_(std::move(manifest)),
        input_(input),
        recogniser_(std::move(recogniser)),
        table_(std::move(table)) {}

  core::Scores score(const core::Query& query) const override {
    const std::vector<float> posterior = task_posterior(query);
    std::vector<float> expected(table_.g.rows());
    for (std::size_t j = 0; j < expected.size(); ++j) {
      expected[j] = dot(posterior, table_.g.row(j));
    }
    core::Scores scores = {table_.columns.scores(expected, manifest_.normaliser),
                           heaviest_tasks(posterior),
                           table_.overrides.effects(posterior)};
    for (std::size_t m = 0; m < scores.models.size(); ++m) {
      scores.models[m].quality_sd = table_.standard_error(m, posterior);
    }
    return scores;
  }

  const std::vector<core::ModelCard>& models() const override { return manifest_.models; }

  const std::vector<core::TaskName>& tasks() const override { return manifest_.tasks; }

  std::vector<float> task_posterior(const core::Query& query) const override {
    CHECK(query.embedding.size() == recogniser_.inputs(),
          "an embedding of {} for a router of {}",
          query.embedding.size(),
          recogniser_.inputs());
    return recogniser_.posterior(network_input(query, input_));
  }

  const std::vector<core::Override>& overrides() const override { return manifest_.overrides; }

 private:
  RouterManifest manifest_;
  InputScale input_;
  Recogniser recogniser_;
  StoredTable table_;
};

}  // namespace

std::vector<core::TaskWeight> heaviest_tasks(std::span<const float> posterior) {
  std::vector<std::size_t> order(posterior.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto weighty = std::ranges::count_if(posterior, [](float weight) { return weight > 0; });
  const auto shown = std::min(static_cast<std::ptrdiff_t>(kTasksShown), weighty);
  std::partial_sort(
      order.begin(), order.begin() + shown, order.end(), [&](std::size_t a, std::size_t b) {
        return posterior[a] != posterior[b] ? posterior[a] > posterior[b] : a < b;
      });
  std::vector<core::TaskWeight> tasks;
  for (std::ptrdiff_t i = 0; i < shown; ++i) {
    tasks.push_back(
        {order[static_cast<std::size_t>(i)], posterior[order[static_cast<std::size_t>(i)]]});
  }
  return tasks;
}

base::Result<std::unique_ptr<Router>> load_trouter(const RouterManifest& manifest,
                                                   const ml::TensorMap& weights) {
  const TRouterOptions options = TRY(TRouterOptions::from_json(manifest.config_json));
  const std::size_t tasks = manifest.tasks.size();
  StoredTable table = TRY(StoredTable::load(manifest, weights));
  Recogniser recogniser = TRY(Recogniser::load(weights, options.scorer, options.tau));
  if (recogniser.task_vectors().rows() != tasks) {
    return base::fail(base::Code::kDataLoss,
                      "task_inputs has {} rows; the manifest lists {} tasks",
                      recogniser.task_vectors().rows(),
                      tasks);
  }
  return std::unique_ptr<Router>(std::make_unique<TRouter>(
      manifest, options.training.input, std::move(recogniser), std::move(table)));
}

}  // namespace wend::routers
