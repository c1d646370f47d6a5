// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"

namespace wend::ml {

/// A trained router as it lies on disk: manifest.json and weights.safetensors
/// (docs/formats/artifact.md).
struct Artifact {
  std::string manifest_json;  ///< Without the checksums, which write_artifact adds and
                              ///< read_artifact takes off.
  TensorMap weights;
};

inline constexpr int kArtifactFormatVersion = 1;  ///< What a training writes.
/// What upkeep writes where a reader of version 1 would score wrongly: overrides, merged task
/// types.
inline constexpr int kCorrectedArtifactFormatVersion = 2;

/// Writes the folder aside, syncs it, and swaps it into place; an existing artifact at `folder` is
/// replaced whole, a link is followed. A folder that exists and is no artifact, or holds other
/// files too, is left alone and refused. Needs a JSON object as manifest; a missing
/// "format_version" is added.
base::Status write_artifact(const Artifact& artifact, const std::string& folder);

/// Fails where write_artifact would refuse or could not write: for those who would find out only
/// after the training. Changes nothing.
base::Status check_artifact_target(const std::string& folder);

/// Reads and verifies: every file of the manifest present, of the recorded size and SHA-256, the
/// manifest's own checksum right, a format version we know. A refusal names the file and the
/// reason.
base::Result<Artifact> read_artifact(const std::string& folder);

/// The two files as write_artifact writes them; equal artifacts give equal bytes.
struct ArtifactFiles {
  std::string manifest;
  std::string weights;
};

base::Result<ArtifactFiles> seal_artifact(const Artifact& artifact);

/// The checks of read_artifact on bytes in memory; `owner` keeps `weights` alive.
base::Result<Artifact> open_artifact(std::string_view manifest,
                                     std::string_view weights,
                                     std::shared_ptr<const void> owner);

}  // namespace wend::ml
