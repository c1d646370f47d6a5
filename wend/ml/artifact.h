// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"

namespace wend::ml {

/// A trained router as it lies on disk: manifest.json and weights.safetensors
/// (docs/formats/artifact.md).
struct Artifact {
  std::string manifest_json;  ///< Without the "files" block, which write_artifact adds.
  TensorMap weights;
};

inline constexpr int kArtifactFormatVersion = 1;

/// Writes the folder aside, syncs it, and swaps it into place; an existing artifact at `folder` is
/// replaced whole. A folder that exists and is no artifact is left alone and refused.
base::Status write_artifact(const Artifact& artifact, const std::string& folder);

/// Reads and verifies: every file of the manifest present, of the recorded size and SHA-256, the
/// manifest's own checksum right, a format version we know. A refusal names the file and the
/// reason.
base::Result<Artifact> read_artifact(const std::string& folder);

}  // namespace wend::ml
