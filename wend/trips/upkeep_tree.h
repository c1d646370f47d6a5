// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/taxonomy.h"

namespace wend::trips {

/// The node and all below it, in the tree's order.
std::vector<std::size_t> nodes_below(const core::Taxonomy& taxonomy, std::size_t node);

/// The tree with what lies right below `from` moved to the end of what lies right below `into`;
/// `from` stays, without children. Neither may lie below the other.
core::Taxonomy with_children_moved(const core::Taxonomy& taxonomy,
                                   std::size_t from,
                                   std::size_t into);

/// The tree with the branch's roots at the end of what lies right below `under`, or, where that is
/// empty, of the domains. Needs ids that the tree lacks.
core::Taxonomy with_branch(const core::Taxonomy& taxonomy,
                           const std::string& under,
                           const core::Taxonomy& branch);

}  // namespace wend::trips
