// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/data/dataset.h"

namespace wend::store {

/// Gives a data set without task types a tree of its own: one level for each field (`task`,
/// `dataset`, `metric` or a free extra key of the queries), a node for each value under its
/// parents', and every query labelled with its leaf. The ids are the values from the domain down,
/// so the same values make the same ids in whatever order they come. A query without the field has
/// the value "unspecified"; a field that no query has is an error with a suggestion.
base::Status build_taxonomy_from_fields(data::Dataset& dataset,
                                        const std::vector<std::string>& fields);

}  // namespace wend::store
