// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "wend/base/result.h"
#include "wend/synth/node_set.h"
#include "wend/synth/settings.h"
#include "wend/trips/config.h"
#include "wend/trips/upkeep_artifact.h"

namespace wend::trips {

/// Where a branch would grow in an artifact's tree.
struct GrowPlace {
  synth::Branch branch;                          ///< But for the questions that are there.
  synth::Level end = synth::Level::kDifficulty;  ///< Where the new branch ends: as deep as the
                                                 ///< artifact's task types lie.
};

/// Below the node `under` (empty: beside the domains), with room for `at_most` children (0: as many
/// as the configuration's caps leave). Fails where the node is itself a task type, lies too deep,
/// or is full.
base::Result<GrowPlace> grow_place(const UpkeepArtifact& artifact,
                                   const std::string& under,
                                   std::size_t at_most,
                                   const SynthConfig& caps);

}  // namespace wend::trips
