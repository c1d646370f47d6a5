// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "wend/cli/data_options.h"
#include "wend/cli/number_option.h"
#include "wend/cli/verbs.h"

namespace wend::cli {

Run declare_eval(CLI::App& verb,
                 const Globals& globals,
                 const std::function<base::Status(const Globals&, const EvalOptions&)>& eval) {
  auto options = std::make_shared<EvalOptions>();
  declare_data_options(verb, options->data);
  verb.add_option("--routers", options->routers, "SPEC,SPEC,... or all (default: all)");
  take_whole_number(verb.add_option("--tune",
                                    options->tune,
                                    "Try so many settings, on each split, of the routers that have "
                                    "some to try (finerouter, finerouter_tasks), and score the "
                                    "best on validation; the others are left as named"),
                    {1, 10000});
  verb.add_option("--train-on",
                  options->train_on,
                  "A collection (a synthetic one) to train a cold-start block of the routers on");
  verb.add_option("--artifact",
                  options->artifacts,
                  "A trained router to score beside them; may be repeated")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  take_whole_number(
      verb.add_option(
          "--seeds", options->seeds, "How many seeds to pool, from --seed on (default 5)"),
      {1, 1000});
  verb.add_option("--protocol", options->protocol, "split or leave-one-dataset-out")
      ->capture_default_str();
  verb.add_option("--missing", options->missing, "drop queries with a missing cell, or keep them")
      ->capture_default_str();
  verb.add_option("--decisions", options->decisions, "JSONL file for every single decision");
  verb.add_option(
      "--out", options->out, "Folder for report.txt, report.json, report.csv and the artifacts");
  verb.add_flag(
      "--strict", options->strict, "Fail where the table carries any note of something left out");
  take_number(verb.add_option(
                  "--budget", options->budget, "Stop before prompt_llm has spent more than this"),
              {0, 1e12});
  verb.add_flag(
      "--dry-run", options->dry_run, "Say what prompt_llm would ask and cost, and make no table");
  verb.add_flag("--yes", options->yes, "Let prompt_llm spend without asking");
  return interruptible(
      [options, &globals, eval] { return exit_zero(eval(globals, *options)); },
      "no table was written; vectors computed so far are kept in the store, and under --out the "
      "artifacts that were finished; what prompt_llm was answered is kept too");
}

}  // namespace wend::cli
