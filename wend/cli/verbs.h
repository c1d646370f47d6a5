// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wend/base/result.h"
#include "wend/cli/globals.h"

namespace CLI {
class App;
}

namespace wend::cli {

/// Exit status 0 for what went well.
inline base::Result<int> exit_zero(base::Status status) {
  return std::move(status).map([] { return 0; });
}

/// The options that pick a collection and its split, shared by train and eval.
struct DataOptions {
  std::string dataset;
  std::string pool;
  std::string tasks;
  std::string descriptions;  ///< Folder or file of what discovery goes by; empty: the prompts.
  std::string split;         ///< Empty: train.split of the configuration.
  std::string normaliser;    ///< Empty: train.normaliser of the configuration.
};

struct TrainOptions {
  DataOptions data;
  std::uint64_t tune = 0;  ///< Trials.
  std::string router;
  std::string out;
};

struct EvalOptions {
  DataOptions data;
  std::uint64_t tune = 0;  ///< Trials of each router that can be tuned, on each split.
  std::string train_on;    ///< A collection for the cold-start block; empty: no such block.
  std::optional<std::string> routers;  ///< Unset: all, or beside artifacts the yardsticks.
  std::vector<std::string> artifacts;
  std::optional<std::int64_t> seeds;  ///< Unset: eval.seeds of the configuration.
  std::string protocol = "split";
  std::string missing = "drop";
  std::string decisions;
  std::string out;
  bool strict = false;
  std::optional<double> budget;  ///< For what prompt_llm asks.
  bool dry_run = false;
  bool yes = false;
};

struct ModelsAddOptions {
  std::string model;
  std::string artifact;
  std::string dataset;
  std::uint64_t probes = 50;
  std::optional<double> budget;
  bool dry_run = false;
  bool yes = false;
  std::string out;
};

struct GrowOptions {
  std::string artifact;
  std::string out;
  std::string under;  ///< Empty: new domains.
  std::string describe;
  std::string dataset;
  std::string name;
  std::uint64_t at_most = 0;
  std::string generator;
  std::optional<std::uint64_t> shots;
  std::string score = "both";
  std::string judge;
  bool force_judge = false;
  bool replay_old = false;
  std::optional<double> budget;
  bool dry_run = false;
  bool yes = false;
};

/// Runs `taxonomy grow --replay-old`, which trains.
using GrowByReplay = std::function<base::Result<int>(const Globals&, const GrowOptions&)>;

/// Each declares its options on `verb` (which has its name already) and returns what runs it.
/// `globals` is read when it runs.
Run declare_init(CLI::App& verb, const Globals& globals);
Run declare_doctor(CLI::App& verb, const Globals& globals);
Run declare_import(CLI::App& verb, const Globals& globals);
Run declare_embed(CLI::App& verb, const Globals& globals);
Run declare_synth(CLI::App& verb, const Globals& globals);
Run declare_taxonomy(CLI::App& verb, const Globals& globals, const GrowByReplay& replay);
Run declare_models(
    CLI::App& verb,
    const Globals& globals,
    const std::function<base::Result<int>(const Globals&, const ModelsAddOptions&)>& add);
Run declare_label(CLI::App& verb, const Globals& globals);
Run declare_annotate(CLI::App& verb, const Globals& globals);
Run declare_discover(CLI::App& verb, const Globals& globals);
Run declare_route(CLI::App& verb, const Globals& globals);
Run declare_serve(CLI::App& verb, const Globals& globals);
Run declare_config(CLI::App& verb, const Globals& globals);
Run declare_train(CLI::App& verb,
                  const Globals& globals,
                  const std::function<base::Status(const Globals&, const TrainOptions&)>& train);
Run declare_eval(CLI::App& verb,
                 const Globals& globals,
                 const std::function<base::Status(const Globals&, const EvalOptions&)>& eval);

}  // namespace wend::cli
