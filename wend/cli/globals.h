// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/store/store.h"
#include "wend/trips/config.h"

namespace wend::cli {

/// The options every verb takes, before or after it.
struct Globals {
  std::string config;  ///< Empty: ./wend.yaml where there is one.
  std::vector<std::string> sets;
  std::string store;  ///< Empty: the configuration's.
  bool json = false;
  bool quiet = false;
  std::uint64_t seed = 1;
  std::size_t threads = 0;
};

/// What a declared verb does once its options are parsed: the exit status, or an error that is
/// still to be reported.
using Run = std::function<base::Result<int>()>;

/// The configuration that the options name.
base::Result<trips::LoadedConfig> load_config(const Globals& globals);

/// --store, else the configuration's. Borrows both.
const std::string& store_path(const Globals& globals, const trips::Config& config);

/// The store there. It must be there already: a misspelt name is an error, not an empty store.
base::Result<std::unique_ptr<store::Store>> open_store(const Globals& globals,
                                                       const trips::Config& config);

/// The same, made where it is not there yet.
base::Result<std::unique_ptr<store::Store>> open_or_make_store(const Globals& globals,
                                                               const trips::Config& config);

/// What shows progress on stderr; silent with --quiet.
std::unique_ptr<base::Progress> make_progress(const Globals& globals);

/// `run` as a verb that a person may stop: SIGINT and SIGTERM ask it to end, with exit status 3 and
/// one sentence that says what it leaves behind.
Run interruptible(Run run, std::string left_behind);

/// 2 for misuse (a bad option, key, value or name of a thing that exists), 3 for a stop with
/// everything saved, else 1.
int exit_status(base::Code code);

/// One sentence on stderr or, with --json, {"error":{...}} on stdout. Returns the exit status.
int report_error(const base::Error& error, bool json);

}  // namespace wend::cli
