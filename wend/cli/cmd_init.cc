// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/cli/verbs.h"

namespace wend::cli {
namespace {

struct InitOptions {
  std::string folder = ".";
  bool force = false;
};

base::Status init(const Globals& globals, const InitOptions& options) {
  const auto overwrite = options.force ? trips::Overwrite::kYes : trips::Overwrite::kNo;
  const std::string path = TRY(trips::write_example_config(options.folder, overwrite));
  if (globals.json) {
    fmt::print("{}\n", nlohmann::json{{"written", {path}}}.dump());
  } else {
    fmt::print(
        "wrote {}\nnext: wend import DIR, then wend train --router trouter --dataset NAME --out "
        "runs/a\n",
        path);
  }
  return {};
}

}  // namespace

Run declare_init(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<InitOptions>();
  verb.add_option("--dir", options->folder, "Folder to write into")->capture_default_str();
  verb.add_flag("--force", options->force, "Write over an existing wend.yaml");
  return [options, &globals] { return exit_zero(init(globals, *options)); };
}

}  // namespace wend::cli
