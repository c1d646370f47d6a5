// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "wend/cli/data_options.h"
#include "wend/cli/number_option.h"
#include "wend/cli/verbs.h"

namespace wend::cli {

Run declare_train(CLI::App& verb,
                  const Globals& globals,
                  const std::function<base::Status(const Globals&, const TrainOptions&)>& train) {
  auto options = std::make_shared<TrainOptions>();
  verb.add_option("--router", options->router, "A router SPEC, as in trouter{level=domain}")
      ->required();
  declare_data_options(verb, options->data);
  take_whole_number(verb.add_option("--tune",
                                    options->tune,
                                    "Try so many settings of the router on validation and train "
                                    "the best; a stopped run goes on from OUT.tune.json. Of "
                                    "routers but finerouter and finerouter_tasks there is nothing "
                                    "to try: they are left as named"),
                    {1, 10000});
  verb.add_option(
          "--out", options->out, "Folder of the artifact; latest beside it will point at it")
      ->required();
  return interruptible(
      [options, &globals, train] { return exit_zero(train(globals, *options)); },
      "no artifact was written; vectors computed so far are kept in the store, and what "
      "--tune has tried beside the artifact");
}

}  // namespace wend::cli
