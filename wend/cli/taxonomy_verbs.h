// SPDX-License-Identifier: Apache-2.0
// `wend taxonomy VERB` of an artifact; each declares its options and returns what runs it.
#pragma once

#include <string>

#include "wend/base/result.h"
#include "wend/cli/globals.h"

namespace CLI {
class App;
}

namespace wend::cli {

Run declare_taxonomy_adjust(CLI::App& verb, const Globals& globals);
Run declare_taxonomy_prune(CLI::App& verb, const Globals& globals);
Run declare_taxonomy_merge(CLI::App& verb, const Globals& globals);
Run declare_taxonomy_diff(CLI::App& verb, const Globals& globals);

/// `show --artifact`: the tree with what the table says of each node, best models at a preference
/// (empty: balanced).
base::Result<int> show_artifact(const Globals& globals,
                                const std::string& folder,
                                const std::string& preference);

}  // namespace wend::cli
