// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/model_card.h"
#include "wend/core/override.h"
#include "wend/core/scores.h"
#include "wend/core/taxonomy.h"
#include "wend/data/normaliser.h"

namespace wend::routers {

/// What every router reads of an artifact's manifest (docs/formats/artifact.md); other keys are the
/// trips' own.
struct RouterManifest {
  std::string router;                   ///< Its name in the factory's table.
  std::vector<core::ModelCard> models;  ///< The pool, in the order of every score.
  data::Normaliser normaliser;
  std::vector<core::TaskName> tasks;  ///< Empty where a router has none.
  std::string config_json = "{}";     ///< The router's own options as trained.
  /// The tree that the tasks are nodes of; without one in the manifest, they alone.
  core::Taxonomy taxonomy = {};
  std::vector<core::Override> overrides = {};  ///< In the order in which they apply.

  /// Indices of the tasks that are the node or lie below it; none where there is no such node.
  std::vector<std::size_t> tasks_below(std::string_view node) const;

  /// The error names the key and what was expected.
  static base::Result<RouterManifest> parse(std::string_view manifest_json);

  /// A manifest of these keys alone, which parse reads back.
  std::string to_json() const;
};

}  // namespace wend::routers
