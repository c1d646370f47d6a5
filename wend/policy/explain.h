// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "wend/core/decision.h"
#include "wend/core/model_card.h"
#include "wend/core/scores.h"

namespace wend::policy {

/// What an explanation tells of; borrows all for the call.
struct Explained {
  const core::Decision& decision;
  std::span<const core::ModelCard> models;  ///< That the decision's indices mean.
  std::span<const core::TaskWeight> posterior = {};
  std::span<const core::TaskName> tasks = {};  ///< That the posterior's indices mean.
  std::span<const core::OverrideEffect> effects = {};
  std::span<const core::Override> overrides = {};  ///< That the effects' indices mean.
};

/// Why the model was chosen, in one sentence that names the next best.
std::string explain_choice(const Explained& explained);

/// The decision as a person reads it: the sentence, a table of all candidates (chosen first, then
/// by utility, then the excluded ones with their reasons), the heaviest task types, and the
/// overrides that moved a score. At most 120 columns; ends with a newline.
std::string explain(const Explained& explained);

}  // namespace wend::policy
