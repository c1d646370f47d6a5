// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/core/query.h"
#include "wend/data/training_set.h"
#include "wend/routers/trouter/options.h"

namespace wend::routers {

/// What the networks read of a query: its embedding under the scale they were trained with.
std::vector<float> network_input(const core::Query& query, InputScale scale);

/// The same of many texts: (n, dim).
base::Matrix network_inputs(const data::Embeddings& embeddings, InputScale scale);

}  // namespace wend::routers
