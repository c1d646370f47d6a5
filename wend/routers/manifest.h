// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/model_card.h"
#include "wend/core/scores.h"
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

  /// The error names the key and what was expected.
  static base::Result<RouterManifest> parse(std::string_view manifest_json);

  /// A manifest of these keys alone, which parse reads back.
  std::string to_json() const;
};

}  // namespace wend::routers
