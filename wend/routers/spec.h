// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"

namespace wend::routers {

/// Whether the user named a router or "all" did: what "all" brings in may be left out where the
/// data cannot feed it.
enum class Named { kByUser, kByAll };

/// A router as the user names it: `trouter{scorer=bilinear,level=domain}`.
struct RouterSpec {
  std::string text;  ///< As typed: the row's name in every table.
  std::string name;
  std::map<std::string, std::string, std::less<>> options = {};
  Named named = Named::kByUser;
};

/// One SPEC. Unknown names and unclosed braces are errors with a suggestion.
base::Result<RouterSpec> parse_router_spec(std::string_view text);

/// A comma-separated list (commas inside braces belong to the SPEC); "all" is every router of this
/// version in the table's order.
base::Result<std::vector<RouterSpec>> parse_router_specs(std::string_view text);

/// Every name that parse_router_spec knows, in the table's order.
const std::vector<std::string>& router_names();

}  // namespace wend::routers
