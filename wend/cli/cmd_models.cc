// SPDX-License-Identifier: Apache-2.0
// `wend models list` and `wend models add`.
#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/base/text_table.h"
#include "wend/cli/number_option.h"
#include "wend/cli/spend.h"
#include "wend/cli/verbs.h"
#include "wend/ml/artifact.h"
#include "wend/routers/manifest.h"

namespace wend::cli {

using base::Code;
using base::fail;
using base::Result;
using Json = nlohmann::ordered_json;

namespace {

/// A model as the configuration or an artifact has it, or both.
struct ListedModel {
  std::string id;
  std::string upstream;  ///< Empty: not configured.
  std::optional<double> input;
  std::optional<double> output;
  bool in_artifact = false;
};

Result<std::vector<core::ModelCard>> cards_of(const std::string& artifact) {
  if (artifact.empty()) {
    return std::vector<core::ModelCard>();
  }
  const ml::Artifact read = TRY(ml::read_artifact(artifact));
  return TRY(routers::RouterManifest::parse(read.manifest_json)).models;
}

/// Those of the configuration first; its prices are those that count.
std::vector<ListedModel> list_models(const trips::Config& config,
                                     const std::vector<core::ModelCard>& cards) {
  std::vector<ListedModel> models;
  for (const trips::ModelConfig& model : config.models) {
    models.push_back({model.id, model.upstream, model.price.input, model.price.output});
  }
  for (const core::ModelCard& card : cards) {
    auto known = std::ranges::find(models, card.id, &ListedModel::id);
    if (known == models.end()) {
      known = models.insert(known,
                            {card.id, "", card.input_price_per_mtok, card.output_price_per_mtok});
    }
    known->in_artifact = true;
  }
  return models;
}

Json or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json();
}

Json to_json(const std::vector<ListedModel>& models, const std::string& artifact) {
  Json list = Json::array();
  for (const ListedModel& model : models) {
    list.push_back({{"id", model.id},
                    {"upstream", model.upstream.empty() ? Json() : Json(model.upstream)},
                    {"input_price_per_mtok", or_null(model.input)},
                    {"output_price_per_mtok", or_null(model.output)},
                    {"in_artifact", model.in_artifact}});
  }
  return {{"artifact", artifact.empty() ? Json() : Json(artifact)}, {"models", std::move(list)}};
}

std::string price_text(const std::optional<double>& price) {
  return price ? fmt::format("{}", *price) : "-";
}

void print_models(const std::vector<ListedModel>& models, const std::string& artifact) {
  base::TextTable table({{"model", base::Align::kLeft, 40},
                         {"upstream", base::Align::kLeft, 24},
                         {"input"},
                         {"output"},
                         {"in the artifact", base::Align::kLeft}});
  for (const ListedModel& model : models) {
    table.add_row({model.id,
                   model.upstream.empty() ? "-" : model.upstream,
                   price_text(model.input),
                   price_text(model.output),
                   artifact.empty()    ? "-"
                   : model.in_artifact ? "yes"
                                       : "no"});
  }
  fmt::print("{}Prices per million tokens.\n", table.render());
}

Result<int> run_list(const Globals& globals, const std::string& option) {
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  const std::string& artifact = option.empty() ? loaded.config.router.artifact : option;
  const std::vector<core::ModelCard> cards = TRY(cards_of(artifact));
  const std::vector<ListedModel> models = list_models(loaded.config, cards);
  if (models.empty()) {
    return fail(Code::kInvalidArgument,
                "there is no model to list: expected `models` in the configuration, or --artifact "
                "DIR");
  }
  if (globals.json) {
    print_json(to_json(models, artifact));
  } else {
    print_models(models, artifact);
  }
  return 0;
}

Run declare_list(CLI::App& verb, const Globals& globals) {
  auto artifact = std::make_shared<std::string>();
  verb.add_option("--artifact", *artifact, "Folder of a trained router (default: router.artifact)");
  return [artifact, &globals] { return run_list(globals, *artifact); };
}

Run declare_add(CLI::App& verb,
                const Globals& globals,
                const std::function<Result<int>(const Globals&, const ModelsAddOptions&)>& add) {
  auto options = std::make_shared<ModelsAddOptions>();
  verb.add_option("id", options->model, "The new model, as the configuration names it")->required();
  verb.add_option("--artifact", options->artifact, "Folder of the router that it joins")
      ->required();
  verb.add_option("--dataset", options->dataset, "The collection that the router was trained on")
      ->required();
  take_whole_number(verb.add_option("--probes",
                                    options->probes,
                                    "Queries it is asked at most, spread over the task types")
                        ->capture_default_str(),
                    {5, 100'000});
  take_number(verb.add_option("--budget", options->budget, "Stop before more than this is spent"),
              {0, 1e12});
  verb.add_flag("--dry-run", options->dry_run, "Say what there is to do and what it would cost");
  verb.add_flag("--yes", options->yes, "Spend without asking");
  verb.add_option(
          "--out", options->out, "Folder of the new artifact; latest beside it will point at it")
      ->required();
  return interruptible([options, &globals, add] { return add(globals, *options); },
                       "what was answered is kept");
}

}  // namespace

Run declare_models(CLI::App& verb,
                   const Globals& globals,
                   const std::function<Result<int>(const Globals&, const ModelsAddOptions&)>& add) {
  verb.require_subcommand(1);
  CLI::App* const list =
      verb.add_subcommand("list", "what is configured, and what an artifact has");
  list->fallthrough();
  list->footer("Example:\n  wend models list --artifact runs/latest");
  CLI::App* const join = verb.add_subcommand(
      "add", "ask a new model a few queries and let it join a trained router, all else frozen");
  join->fallthrough();
  join->footer(
      "Example:\n  wend models add newcomer --artifact runs/latest --dataset mine --probes 50 "
      "--budget 1 --out runs/b");
  return
      [list, run_list = declare_list(*list, globals), run_add = declare_add(*join, globals, add)] {
        return list->parsed() ? run_list() : run_add();
      };
}

}  // namespace wend::cli
