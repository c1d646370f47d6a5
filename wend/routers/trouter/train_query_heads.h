// SPDX-License-Identifier: Apache-2.0
// TRouter without assumption 1 (paper Table 7): the heads read [e_q ; e_t], so there is no table g
// and every query costs a pass of every head over every task. Evaluated, never served.
#pragma once

#include <memory>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/manifest.h"
#include "wend/routers/router.h"

namespace wend::routers {

/// More tasks than this are refused in training: B x tasks x heads x hidden floats lie in memory at
/// once.
inline constexpr std::size_t kQueryHeadTasks = 100;

/// Needs the weights that load_trouter needs but table and evidence, and heads.*.
base::Result<std::unique_ptr<Router>> make_query_head_router(const RouterManifest& manifest,
                                                             const ml::TensorMap& weights);

}  // namespace wend::routers
