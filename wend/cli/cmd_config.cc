// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/cli/verbs.h"

namespace wend::cli {
namespace {

struct ConfigOptions {
  bool effective = false;
  bool markdown = false;
};

void print_effective(const std::vector<base::EffectiveValue>& values, bool json) {
  if (json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const base::EffectiveValue& value : values) {
      list.push_back({{"key", value.key}, {"value", value.value}, {"source", value.source}});
    }
    fmt::print("{}\n", list.dump());
    return;
  }
  for (const base::EffectiveValue& value : values) {
    fmt::print(
        "{:<32} {:<44} {}\n", value.key, value.value.empty() ? "-" : value.value, value.source);
  }
}

void print_keys(bool json) {
  trips::Config defaults;
  const auto keys =
      base::list_config_keys([&](base::ConfigVisitor& visitor) { defaults.fields(visitor); });
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const base::ConfigKey& key : keys) {
    if (json) {
      list.push_back({{"key", key.key}, {"default", key.default_value}, {"doc", key.doc}});
    } else {
      fmt::print("{:<32} {:<14} {}\n",
                 key.key,
                 key.default_value.empty() ? "-" : key.default_value,
                 key.doc);
    }
  }
  if (json) {
    fmt::print("{}\n", list.dump());
  }
}

base::Status show_config(const Globals& globals, const ConfigOptions& options) {
  if (options.markdown) {
    fmt::print("{}", trips::config_reference());
  } else if (options.effective) {
    print_effective(TRY(load_config(globals)).effective, globals.json);
  } else {
    print_keys(globals.json);
  }
  return {};
}

}  // namespace

Run declare_config(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<ConfigOptions>();
  CLI::Option* const effective = verb.add_flag(
      "--effective", options->effective, "The values in force and where each came from");
  verb.add_flag("--markdown", options->markdown, "The page docs/config.md")->excludes(effective);
  return [options, &globals] { return exit_zero(show_config(globals, *options)); };
}

}  // namespace wend::cli
