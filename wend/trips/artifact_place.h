// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "wend/base/result.h"

namespace wend::trips {

/// Whether an artifact could be put at `out` and `latest` beside it be pointed at it, to be asked
/// before any work: fails where `out` is a link or holds anything else, where `latest` is no link,
/// and where nothing may be written. Changes nothing.
base::Status check_artifact_folder(const std::string& out);

/// Makes `latest` beside `folder` point at it, in one step. Something there that is no link is left
/// alone and refused.
base::Status point_latest_at(const std::string& folder);

}  // namespace wend::trips
