// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/globals.h"

#include <cstdio>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/stop.h"

namespace wend::cli {

using base::Code;
using base::Result;

Result<trips::LoadedConfig> load_config(const Globals& globals) {
  trips::ConfigSource source;
  if (!globals.config.empty()) {
    source.file = globals.config;
  }
  source.sets = globals.sets;
  return trips::load_config(source);
}

const std::string& store_path(const Globals& globals, const trips::Config& config) {
  return globals.store.empty() ? config.store : globals.store;
}

Result<std::unique_ptr<store::Store>> open_store(const Globals& globals,
                                                 const trips::Config& config) {
  return store::open_store(store_path(globals, config));
}

Result<std::unique_ptr<store::Store>> open_or_make_store(const Globals& globals,
                                                         const trips::Config& config) {
  return store::open_or_make_store(store_path(globals, config));
}

std::unique_ptr<base::Progress> make_progress(const Globals& globals) {
  if (globals.quiet) {
    return std::make_unique<base::SilentProgress>();
  }
  return std::make_unique<base::StderrProgress>();
}

Run interruptible(Run run, std::string left_behind) {
  return [run = std::move(run), left_behind = std::move(left_behind)] {
    base::heed_stop_signals();
    return run().map_error([&](base::Error error) {
      if (error.code == Code::kCancelled) {
        error.message += "; " + left_behind;
      }
      return error;
    });
  };
}

int exit_status(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
    case Code::kAlreadyExists:
    case Code::kUnimplemented:
    case Code::kOutOfRange:
      return 2;
    case Code::kCancelled:
      return 3;
    default:
      return 1;
  }
}

int report_error(const base::Error& error, bool json) {
  if (json) {
    nlohmann::ordered_json object = {{"code", base::code_name(error.code)},
                                     {"message", error.message}};
    if (!error.place.file.empty()) {
      object["file"] = error.place.file;
    }
    if (error.place.line > 0) {
      object["line"] = error.place.line;
    }
    const nlohmann::ordered_json document = {{"error", object}};
    fmt::print("{}\n", document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    std::fflush(stdout);
  } else {
    fmt::print(stderr, "wend: {}\n", error.message);
  }
  return exit_status(error.code);
}

}  // namespace wend::cli
