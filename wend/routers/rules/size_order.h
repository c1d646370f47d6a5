// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/data/training_set.h"

namespace wend::routers {

/// The models whose size is known, smallest first (equal sizes by index), and by what they were
/// ordered.
struct SizeOrder {
  std::vector<std::size_t> models;
  std::string criterion;  ///< "mean_train_cost", "output_price" or "parameters".

  std::size_t smallest() const { return models.front(); }

  /// The lower of the two in the middle where their number is even.
  std::size_t medium() const { return models[(models.size() - 1) / 2]; }

  std::size_t largest() const { return models.back(); }
};

/// By mean train cost where the set has costs, else by output price, else by parameters: whichever
/// of the two more models have. A model whose number is unknown is in no order: it is never called
/// the smallest. Fails where no number is known.
base::Result<SizeOrder> order_by_size(const data::TrainingSet& set);

/// Fails where order_by_size must: neither a cost nor any model's price or parameters are known.
base::Status check_sizes(const data::OutcomeTable& table);

}  // namespace wend::routers
