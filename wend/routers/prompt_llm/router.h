// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "wend/data/training_set.h"
#include "wend/routers/router.h"

namespace wend::routers {

/// Chooses the model that a language model named for the query under the preference
/// (Query::llm_choice); where it named none, or one that the pool lacks, as best_static does.
std::unique_ptr<Router> make_prompt_llm(const data::TrainingSet& set);

}  // namespace wend::routers
