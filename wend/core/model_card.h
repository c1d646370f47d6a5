// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace wend::core {

/// Prices in the file's one currency, per million tokens.
struct Price {
  double input_per_mtok = 0;
  double output_per_mtok = 0;

  friend bool operator==(const Price&, const Price&) = default;
};

/// One row of models.jsonl: a candidate and what is known of it beforehand.
struct ModelCard {
  std::string id;
  std::optional<double> params_b;  ///< Billions of parameters.
  std::optional<double> input_price_per_mtok;
  std::optional<double> output_price_per_mtok;
  std::string extra_json = "{}";  ///< Every other key of the row, as a JSON object.

  friend bool operator==(const ModelCard&, const ModelCard&) = default;
};

}  // namespace wend::core
