// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "wend/base/result.h"
#include "wend/data/normaliser.h"

namespace wend::trips {

/// What the trips read of an artifact's manifest beside what the router itself reads
/// (docs/formats/artifact.md).
struct Manifest {
  struct Model {
    std::string id;
    std::optional<double> input_price_per_mtok;
    std::optional<double> output_price_per_mtok;
    std::optional<double> mean_input_tokens;
    std::optional<double> mean_output_tokens;
  };

  std::string id;
  std::string router;
  std::string encoder_sha256;
  std::string dataset;  ///< The collection it was trained on.
  data::Normaliser normaliser;
  std::vector<Model> models;
  std::unordered_set<std::string>
      seen_queries;  ///< SHA-256 of the normalised texts of train and validation.
};

base::Result<Manifest> parse_manifest(const std::string& json);

}  // namespace wend::trips
