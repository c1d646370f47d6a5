// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"
#include "wend/routers/train_factory.h"

namespace wend::routers {

/// agentic_free{ptq=soft|argmax,mode=mean|weighted,tau=...,level=...}: nothing is learnt, means are
/// taken. Fails where the collection has no taxonomy.
base::Result<TrainedRouter> train_agentic_free(const RouterSpec& spec, const TrainContext& context);

}  // namespace wend::routers
