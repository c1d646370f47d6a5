// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/synth/node_set.h"

namespace wend::synth {

/// The six domains that the paper begins with, where a user names none; definitions and examples
/// are ours.
const NodeSet& seed_domains();

}  // namespace wend::synth
