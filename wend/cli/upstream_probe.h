// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"
#include "wend/trips/config.h"
#include "wend/trips/doctor.h"

namespace wend::cli {

/// GET {base_url}/models, with the key that the environment holds, within some ten seconds and one
/// MiB. What the upstream answers is for doctor to judge; an error says why there is no answer and
/// never holds the key.
base::Result<trips::ModelsAnswer> probe_upstream(const trips::UpstreamConfig& upstream);

}  // namespace wend::cli
