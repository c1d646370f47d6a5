// SPDX-License-Identifier: Apache-2.0
// `wend taxonomy VERB` of an artifact; each declares its options and returns what runs it.
#pragma once

#include <functional>
#include <string>

#include "wend/base/result.h"
#include "wend/cli/globals.h"
#include "wend/cli/verbs.h"
#include "wend/store/store.h"
#include "wend/trips/upkeep.h"

namespace CLI {
class App;
}

namespace wend::trips {
class GrowTrip;
}

namespace wend::cli {

Run declare_taxonomy_adjust(CLI::App& verb, const Globals& globals);
Run declare_taxonomy_prune(CLI::App& verb, const Globals& globals);
Run declare_taxonomy_merge(CLI::App& verb, const Globals& globals);
Run declare_taxonomy_diff(CLI::App& verb, const Globals& globals);
Run declare_taxonomy_grow(CLI::App& verb, const Globals& globals, const GrowByReplay& replay);

/// What makes the new artifact of a branch that is written and answered.
using LearnBranch = std::function<base::Result<trips::Upkept>(
    const ml::Artifact&, trips::GrowTrip&, store::Store&)>;

/// Without training: its rows are appended.
base::Result<trips::Upkept> append_branch(const ml::Artifact& artifact,
                                          trips::GrowTrip& trip,
                                          store::Store& store);

/// `taxonomy grow` but for how the branch is learnt.
base::Result<int> run_taxonomy_grow(const Globals& globals,
                                    const GrowOptions& options,
                                    const LearnBranch& learn);

/// `show --artifact`: the tree with what the table says of each node, best models at a preference
/// (empty: balanced).
base::Result<int> show_artifact(const Globals& globals,
                                const std::string& folder,
                                const std::string& preference);

}  // namespace wend::cli
