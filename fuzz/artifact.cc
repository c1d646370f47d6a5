// SPDX-License-Identifier: Apache-2.0
// needs: routers

// An artifact's two files, the manifest up to the first NUL and the weights after it: any bytes
// give a router or an error. The checksums stop nearly every hostile input, so the parts behind
// them are also tried without.
#include "wend/ml/artifact.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wend/ml/safetensors.h"
#include "wend/routers/factory.h"

namespace {

/// The length of the vectors that a knn or ridge router of these weights expects; 0 where it is
/// neither.
std::size_t dimension_of(const wend::ml::TensorMap& weights) {
  for (const char* name : {"train_vectors", "weights"}) {
    if (const auto tensor = weights.get(name, {-1, -1})) {
      return static_cast<std::size_t>(tensor->shape()[1]);
    }
  }
  return 0;
}

void ask(const wend::routers::Router& router, std::size_t dimension) {
  const std::vector<float> vector(dimension, 1.0F / std::sqrt(static_cast<float>(dimension)));
  wend::core::Query query;
  query.text = "text";
  query.embedding = vector;
  query.task_label = 0;
  (void)router.score(query);
  (void)router.pinned_model(query, {0.5});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\0'), input.size());
  const std::string_view manifest = input.substr(0, end);
  const std::string_view weights = input.substr(std::min(end + 1, input.size()));
  (void)wend::ml::open_artifact(manifest, weights, nullptr);

  auto tensors = wend::ml::parse_safetensors(weights, nullptr);
  if (!tensors) {
    return 0;
  }
  const wend::ml::Artifact artifact{std::string(manifest), *std::move(tensors)};
  const auto router = wend::routers::load_router(artifact);
  const std::size_t dimension = dimension_of(artifact.weights);
  if (router && dimension > 0) {
    ask(**router, dimension);
  }
  if (const auto sealed = wend::ml::seal_artifact(artifact)) {
    (void)wend::ml::open_artifact(sealed->manifest, sealed->weights, nullptr);
  }
  return 0;
}
