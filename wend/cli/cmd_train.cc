// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "wend/cli/data_options.h"
#include "wend/cli/verbs.h"

namespace wend::cli {

Run declare_train(CLI::App& verb,
                  const Globals& globals,
                  const std::function<base::Status(const Globals&, const TrainOptions&)>& train) {
  auto options = std::make_shared<TrainOptions>();
  verb.add_option("--router", options->router, "A router SPEC, as in trouter{level=domain}")
      ->required();
  declare_data_options(verb, options->data);
  verb.add_option(
          "--out", options->out, "Folder of the artifact; latest beside it will point at it")
      ->required();
  return interruptible([options, &globals, train] { return exit_zero(train(globals, *options)); },
                       "no artifact was written; vectors computed so far are kept in the store");
}

}  // namespace wend::cli
