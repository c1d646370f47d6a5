// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/synth/dedupe.h"

namespace wend::synth {

/// An encoder for tests without weights: a text is the sum of its words, each of which points in a
/// direction of its own. Texts of the same words are alike, others hardly.
Embed fake_embed();

}  // namespace wend::synth
