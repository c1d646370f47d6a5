// SPDX-License-Identifier: Apache-2.0
// Small training sets for the tests of routers, and the way every router goes before it is asked:
// trained, sealed as an artifact's bytes, verified, loaded.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "wend/base/check.h"
#include "wend/base/random.h"
#include "wend/ml/artifact.h"
#include "wend/routers/factory.h"
#include "wend/routers/manifest.h"
#include "wend/routers/train_factory.h"

namespace wend::routers::sample {

inline constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

inline base::Matrix matrix_of(const std::vector<std::vector<float>>& rows) {
  base::Matrix matrix(rows.size(), rows.empty() ? 0 : rows.front().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::copy(rows[i].begin(), rows[i].end(), matrix.row(i).begin());
  }
  return matrix;
}

/// Rows of literal vectors (made unit), qualities and normalised costs.
inline data::Examples examples(const std::vector<std::vector<float>>& vectors,
                               const std::vector<std::vector<float>>& quality,
                               const std::vector<std::vector<float>>& cost) {
  data::Examples rows;
  rows.embeddings = data::Embeddings::from_pooled(matrix_of(vectors));
  rows.quality = matrix_of(quality);
  rows.cost_normalised = matrix_of(cost);
  rows.labels.resize(quality.size());
  for (std::size_t i = 0; i < quality.size(); ++i) {
    rows.text_sha256.push_back("text " + std::to_string(i));
  }
  return rows;
}

/// A priced set: currency is twice the normalised cost. Models are called a, b, c, ...
inline data::TrainingSet training_set(data::Examples train, data::Examples validation) {
  data::TrainingSet set;
  const std::size_t models = train.quality.columns();
  for (std::size_t model = 0; model < models; ++model) {
    core::ModelCard card;
    card.id = std::string(1, static_cast<char>('a' + model));
    set.models.push_back(card);
    double sum = 0;
    double count = 0;
    for (std::size_t row = 0; row < train.size(); ++row) {
      if (const float cell = train.cost_normalised(row, model); !std::isnan(cell)) {
        sum += 2 * static_cast<double>(cell);
        ++count;
      }
    }
    set.mean_cost.push_back(count == 0 ? std::nan("") : sum / count);
  }
  set.train = std::move(train);
  set.validation = std::move(validation);
  set.normaliser =
      data::Normaliser::parse(R"({"name":"reference","parameters":{"c_ref":2}})").value();
  set.has_costs = true;
  return set;
}

/// A world of two kinds of query about (1,0,...) and (0,1,0,...), and three models: "a" is cheap
/// and good at the first kind, "b" dear and good at the second, "c" middling at both. Outcomes are
/// drawn at those rates.
inline data::Examples planted(std::size_t rows, std::uint64_t seed) {
  constexpr std::size_t kDimension = 8;
  base::Random random(seed);
  std::vector<std::vector<float>> vectors;
  std::vector<std::vector<float>> quality;
  std::vector<std::vector<float>> cost;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t kind = random.below(2);
    std::vector<float> vector(kDimension);
    for (float& value : vector) {
      value = 0.15F * static_cast<float>(random.normal());
    }
    vector[kind] += 1;
    vectors.push_back(vector);
    const double rates[3] = {kind == 0 ? 0.9 : 0.1, kind == 0 ? 0.1 : 0.9, 0.55};
    std::vector<float> cells;
    for (const double rate : rates) {
      cells.push_back(random.uniform() < rate ? 1.0F : 0.0F);
    }
    quality.push_back(cells);
    cost.push_back({0.05F, 0.3F, 0.1F});
  }
  return examples(vectors, quality, cost);
}

inline ml::Artifact artifact_of(const RouterSpec& spec,
                                const data::TrainingSet& set,
                                const TrainedRouter& trained) {
  RouterManifest manifest;
  manifest.router = spec.name;
  manifest.models = set.models;
  manifest.normaliser = set.normaliser;
  manifest.config_json = trained.config_json;
  manifest.tasks = trained.tasks;
  return {manifest.to_json(), trained.weights};
}

inline base::Result<TrainedRouter> train(std::string_view spec, const data::TrainingSet& set) {
  return train_router(TRY(parse_router_spec(spec)), TrainContext{set});
}

/// The bytes of the trained artifact.
inline std::string trained_bytes(std::string_view spec, const data::TrainingSet& set) {
  const auto trained = train(spec, set);
  CHECK(trained, "{}", trained.error().message);
  const ml::ArtifactFiles files =
      ml::seal_artifact(artifact_of(parse_router_spec(spec).value(), set, *trained)).value();
  return files.manifest + files.weights;
}

/// Trained, sealed, verified and loaded.
inline std::unique_ptr<Router> served(std::string_view spec, const data::TrainingSet& set) {
  const auto trained = train(spec, set);
  CHECK(trained, "{}", trained.error().message);
  const auto files = std::make_shared<const ml::ArtifactFiles>(
      ml::seal_artifact(artifact_of(parse_router_spec(spec).value(), set, *trained)).value());
  auto router = load_router(ml::open_artifact(files->manifest, files->weights, files).value());
  CHECK(router, "{}", router.error().message);
  return *std::move(router);
}

inline std::string refusal(std::string_view spec, const data::TrainingSet& set) {
  const auto trained = train(spec, set);
  return trained ? "accepted" : trained.error().message;
}

/// Scores of one literal vector.
inline core::Scores ask(const Router& router, const std::vector<float>& vector) {
  core::Query query;
  query.embedding = vector;
  return router.score(query);
}

}  // namespace wend::routers::sample
