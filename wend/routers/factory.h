// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "wend/base/result.h"
#include "wend/ml/artifact.h"
#include "wend/routers/router.h"
#include "wend/routers/spec.h"

namespace wend::routers {

/// Fails for a router that no artifact can hold (oracle and task_oracle need the truth of a row).
base::Status check_servable(const RouterSpec& spec);

/// What is said of a router that can be evaluated but leaves no artifact.
base::Error not_servable(const RouterSpec& spec);

/// The router of a verified artifact, by the manifest's "router" name: a plain table in factory.cc.
/// Needs no torch. Manifest keys a router may read: "router", "models" (array of {id, params_b,
/// input_price_per_mtok, output_price_per_mtok}), "normaliser", "tasks" (array of {id, name}),
/// "config" (the router's own options as trained).
base::Result<std::unique_ptr<Router>> load_router(const ml::Artifact& artifact);

}  // namespace wend::routers
