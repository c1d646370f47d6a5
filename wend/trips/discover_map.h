// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "wend/base/result.h"
#include "wend/trips/discover.h"

namespace wend::trips {

/// The page of a discovery (discover/map.h). descriptions may be null. Fails where oneDNN does.
base::Result<std::string> task_map(const DiscoverRequest& request,
                                   const PreparedData& prepared,
                                   const VectorsByText* descriptions,
                                   const TaskDiscovery& discovery);

}  // namespace wend::trips
