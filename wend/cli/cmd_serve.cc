// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>

#include <CLI/CLI.hpp>

#include "wend/cli/verbs.h"
#include "wend/serve/server.h"

namespace wend::cli {

using base::Result;

namespace {

struct ServeOptions {
  std::string listen;
  std::string admin;
};

/// The file as it is now, with the command line's words over it.
Result<trips::Config> configured(const Globals& globals, const ServeOptions& options) {
  trips::LoadedConfig loaded = TRY(load_config(globals));
  if (!options.listen.empty()) {
    loaded.config.serve.listen = options.listen;
  }
  if (!options.admin.empty()) {
    loaded.config.serve.admin = options.admin;
  }
  return std::move(loaded.config);
}

std::string environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::string() : std::string(value);
}

base::Status serve(const Globals& globals, const ServeOptions& options) {
  return serve::run_server(
      {[&] { return configured(globals, options); },
       environment,
       [&](const trips::Config& config) { return open_or_make_store(globals, config); },
       [](const std::string& json) {
         fmt::print("{}\n", json);
         std::fflush(stdout);
       }});
}

}  // namespace

Run declare_serve(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<ServeOptions>();
  verb.add_option("--listen",
                  options->listen,
                  "Where applications send requests (default: serve.listen; port 0: any free one)");
  verb.add_option("--admin", options->admin, "Health, metrics and reload (default: serve.admin)");
  return [options, &globals] { return exit_zero(serve(globals, *options)); };
}

}  // namespace wend::cli
