// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/program.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "wend/base/suggest.h"
#include "wend/cli/number_option.h"

namespace wend::cli {
namespace {

void declare_globals(CLI::App& app, Globals& globals) {
  app.add_option(
      "--config", globals.config, "Configuration file (default: ./wend.yaml where there is one)");
  app.add_option("--set", globals.sets, "Override one key: --set a.b=c")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option(
      "--store", globals.store, "Store file (default: the configuration's, else wend.db)");
  app.add_flag("--json", globals.json, "One JSON document on stdout and nothing else there");
  app.add_flag("--quiet", globals.quiet, "No progress");
  take_whole_number(
      app.add_option("--seed", globals.seed, "Seed of every random draw")->capture_default_str(),
      {});
  take_whole_number(app.add_option("--threads", globals.threads, "Threads (0: all)"), {0, 1024});
}

/// `--split ""` is a slip, as of a shell's variable that is not set, and no wish for the default. A
/// prompt, which has no dashes, may be empty.
void refuse_empty_values(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_items_expected_max() > 0 && !option->get_lnames().empty()) {
      option->check([](const std::string& value) {
        return value.empty() ? std::string("expected a value, found nothing") : std::string();
      });
    }
  }
}

struct Verb {
  const char* name;
  const char* description;
  const char* example;
  std::function<Run(CLI::App&, const Globals&)> declare;
};

std::vector<Verb> all_verbs(const TrainingVerbs& training) {
  return {
      {"init", "write a commented wend.yaml", "wend init --dir app", declare_init},
      {"doctor", "check what a run needs, and say how to mend it", "wend doctor", declare_doctor},
      {"import",
       "read outcomes into the store",
       "wend import data/mine --name mine",
       declare_import},
      {"embed",
       "vectors or token ids of texts",
       "wend embed --in prompts.jsonl --out vectors.npy",
       declare_embed},
      {"synth",
       "a model writes task types and questions for your domains",
       "wend synth --name cold --describe \"a help desk for bicycles\" --generator large --budget "
       "2",
       declare_synth},
      {"taxonomy",
       "look at task types, and correct what an artifact says of them",
       "wend taxonomy adjust math:easy --model small --quality +0.1 --artifact runs/latest --out "
       "runs/b",
       [&](CLI::App& verb, const Globals& globals) {
         return declare_taxonomy(verb, globals, training.grow);
       }},
      {"models",
       "the models of a configuration and an artifact, and how a new one joins",
       "wend models add newcomer --artifact runs/latest --dataset mine --probes 50 --budget 1 "
       "--out "
       "runs/b",
       [&](CLI::App& verb, const Globals& globals) {
         return declare_models(verb, globals, training.add_model);
       }},
      {"label",
       "models answer queries, and the answers are scored",
       "wend label --dataset mine --models small,large --budget 2",
       declare_label},
      {"annotate",
       "a model chooses the task types of queries",
       "wend annotate --dataset mine --from starter --model large",
       declare_annotate},
      {"discover",
       "find task types in queries and outcomes",
       "wend discover --dataset mine --out tasks",
       declare_discover},
      {"train",
       "train a router and leave its artifact",
       "wend train --router trouter --dataset mine --out runs/a",
       [&](CLI::App& verb, const Globals& globals) {
         return declare_train(verb, globals, training.train);
       }},
      {"eval",
       "train and compare routers on one table",
       "wend eval --dataset mine --routers best_static,knn,trouter,oracle",
       [&](CLI::App& verb, const Globals& globals) {
         return declare_eval(verb, globals, training.eval);
       }},
      {"route",
       "decide for a prompt without calling a model",
       "wend route --artifact runs/latest --explain \"What is 17 * 23?\"",
       declare_route},
      {"serve",
       "the proxy: an OpenAI-compatible server that routes `model: auto`",
       "wend serve --listen 127.0.0.1:8484",
       declare_serve},
      {"config", "every key with its default and text", "wend config --effective", declare_config},
  };
}

/// Every long option of an app and what is above it, with its dashes.
std::vector<std::string> option_names(const CLI::App* app) {
  std::vector<std::string> names;
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        names.push_back("--" + name);
      }
    }
  }
  return names;
}

/// One sentence for what CLI11 refuses, with what was probably meant.
base::Error misuse(const CLI::App& app,
                   const CLI::ParseError& error,
                   const std::vector<std::string>& verbs) {
  std::string message = error.what();
  const auto chosen = app.get_subcommands();
  std::vector<std::string> extras = app.remaining(true);
  // What is missing is often there, misspelt: the stray word is the better thing to name.
  const bool has_stray_word = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
                              dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  if (has_stray_word && !extras.empty()) {
    const std::string& word = extras.front();
    if (word.starts_with("-")) {
      message =
          fmt::format("unknown option '{}'{}",
                      word,
                      base::did_you_mean(word.substr(0, word.find('=')),
                                         option_names(chosen.empty() ? &app : chosen.front())));
    } else if (chosen.empty()) {
      message = fmt::format("unknown verb '{}'{}", word, base::did_you_mean(word, verbs));
    } else {
      message = fmt::format("{}: unexpected argument '{}'", chosen.front()->get_name(), word);
    }
  }
  std::ranges::replace(message, '\n', ' ');
  return {
      base::Code::kInvalidArgument,
      fmt::format(
          "{}; see wend {}--help", message, chosen.empty() ? "" : chosen.front()->get_name() + " "),
      {}};
}

bool asks_for_json(int argc, char** argv) {
  return std::any_of(
      argv + 1, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
}

}  // namespace

int run_program(int argc, char** argv, const TrainingVerbs& training) {
  CLI::App app("Wend sends every prompt to the language model that is worth it.", "wend");
  app.set_version_flag("--version", WEND_VERSION);
  app.fallthrough();
  app.require_subcommand(1);
  Globals globals;
  declare_globals(app, globals);
  refuse_empty_values(app);
  std::vector<std::pair<CLI::App*, Run>> verbs;
  std::vector<std::string> names;
  for (const Verb& verb : all_verbs(training)) {
    CLI::App* sub = app.add_subcommand(verb.name, verb.description);
    sub->fallthrough();
    sub->footer(fmt::format("Example:\n  {}", verb.example));
    verbs.emplace_back(sub, verb.declare(*sub, globals));
    refuse_empty_values(*sub);
    names.emplace_back(verb.name);
  }
  app.footer("Example:\n  wend route --artifact runs/latest --explain \"What is 17 * 23?\"");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return report_error(misuse(app, error, names), asks_for_json(argc, argv));
  }
  for (const auto& [sub, run] : verbs) {
    if (sub->parsed()) {
      const base::Result<int> status = run();
      std::fflush(stdout);
      return status ? *status : report_error(status.error(), globals.json);
    }
  }
  return 2;
}

}  // namespace wend::cli
