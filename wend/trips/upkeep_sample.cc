// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/upkeep_sample.h"

#include <vector>

#include <nlohmann/json.hpp>

#include "wend/routers/trouter/options.h"

namespace wend::trips::sample {
namespace {

ml::Tensor identity(std::int64_t size) {
  base::Matrix matrix(static_cast<std::size_t>(size), static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    matrix(i, i) = 1;
  }
  return ml::Tensor::from_matrix(matrix);
}

}  // namespace

ml::Artifact three_tasks() {
  routers::TRouterOptions options;
  options.scorer = routers::Scorer::kBilinear;
  const nlohmann::ordered_json manifest = {
      {"format_version", 1},
      {"id", "trouter-000000000000"},
      {"router", "trouter"},
      {"spec", "trouter"},
      {"encoder", {{"sha256", "e"}}},
      {"dataset", "d"},
      {"models",
       {{{"id", "small"}, {"input_price_per_mtok", 1}}, {{"id", "large"}, {"params_b", nullptr}}}},
      {"normaliser", {{"name", "reference"}, {"parameters", {{"c_ref", 2.0}}}}},
      {"config", nlohmann::ordered_json::parse(options.to_json())},
      {"tasks",
       {{{"id", "a"}, {"name", "x > a"}},
        {{"id", "b"}, {"name", "x > b"}},
        {{"id", "c"}, {"name", "y > c"}}}},
      {"taxonomy",
       {{"nodes",
         {{{"id", "x"},
           {"name", "x"},
           {"children", {{{"id", "a"}, {"name", "a"}}, {{"id", "b"}, {"name", "b"}}}}},
          {{"id", "y"}, {"name", "y"}, {"children", {{{"id", "c"}, {"name", "c"}}}}}}}}},
      {"queries", {{"train", {"1"}}, {"validation", {"2"}}}}};
  ml::Artifact artifact{manifest.dump(1), {}};
  for (const char* layer : {"query_mlp.0.weight",
                            "query_mlp.1.weight",
                            "task_mlp.0.weight",
                            "task_mlp.1.weight",
                            "scorer.0.weight",
                            "task_inputs"}) {
    artifact.weights.put(layer, identity(3));
  }
  const std::vector<float> zeros(3);
  for (const char* layer :
       {"query_mlp.0.bias", "query_mlp.1.bias", "task_mlp.0.bias", "task_mlp.1.bias"}) {
    artifact.weights.put(layer, ml::Tensor::from_vector(zeros));
  }
  artifact.weights.put(
      "table", ml::Tensor({4, 3}, {.5F, .4F, .2F, .8F, .9F, .7F, .1F, .1F, .1F, .6F, .6F, .6F}));
  artifact.weights.put("quality_variance", ml::Tensor({2, 3}, std::vector<float>(6, 0.25F)));
  artifact.weights.put("quality_count", ml::Tensor({2, 3}, {30, 10, 20, 30, 10, 20}));
  artifact.weights.put("heads.0.weight", ml::Tensor({4, 2, 3}, std::vector<float>(24)));
  artifact.weights.put("heads.0.bias", ml::Tensor({4, 2}, std::vector<float>(8)));
  artifact.weights.put("heads.1.weight", ml::Tensor({4, 1, 2}, std::vector<float>(8)));
  artifact.weights.put("heads.1.bias", ml::Tensor({4, 1}, std::vector<float>(4)));
  artifact.weights.put("latency_scale", ml::Tensor({1}, std::vector<float>{1}));
  return artifact;
}

}  // namespace wend::trips::sample
