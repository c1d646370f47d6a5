// SPDX-License-Identifier: Apache-2.0
// The half-made table: every draw of a pool's models summed into its cell, before anything is left
// out. What was never measured has a count of zero and becomes NaN.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/data/dataset.h"

namespace wend::data {

/// A mean that knows when it is of nothing.
struct Mean {
  double sum = 0;
  std::uint32_t count = 0;

  void add(double value) {
    sum += value;
    ++count;
  }

  double value() const {
    return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / count;
  }
};

/// The draws of one model on one query.
struct Cell {
  Mean quality;
  Mean cost;
  Mean latency_s;
  Mean input_tokens;
  Mean output_tokens;
};

struct Pool {
  std::string name;
  std::vector<std::uint32_t> models;  ///< Indices into Dataset::models, by model id.
};

/// The cells of a pool: (queries of the data set in the order of their ids, models of the pool).
struct Cells {
  std::vector<std::uint32_t> queries;
  std::vector<std::uint32_t> models;
  std::vector<Cell> values;

  Cell& at(std::size_t row, std::size_t column) { return values[row * models.size() + column]; }

  const Cell& at(std::size_t row, std::size_t column) const {
    return values[row * models.size() + column];
  }
};

/// The pool of that name; empty: `main` where it exists, else every model. Unknown -> an error with
/// a suggestion.
base::Result<Pool> choose_pool(const Dataset& dataset, const std::string& wanted);

/// The pool of those models, called `all`. A model that the data set lacks is an error.
base::Result<Pool> pool_of(const Dataset& dataset, const std::vector<std::string>& models);

/// The cells of the pool's models. A draw's place among the data set's rows makes no difference.
Cells sum_draws(const Dataset& dataset, const Pool& pool);

}  // namespace wend::data
