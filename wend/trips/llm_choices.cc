// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/llm_choices.h"

#include <algorithm>
#include <utility>

#include "wend/base/check.h"
#include "wend/base/hash.h"
#include "wend/base/stop.h"
#include "wend/base/template.h"
#include "wend/llm/prompt_texts.h"
#include "wend/routers/prompt_llm/options.h"
#include "wend/trips/model_listing.h"
#include "wend/trips/spending_progress.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

Result<label::ModelChooser> chooser_of(const Config& config, const llm::AskedModel& model) {
  const llm::PromptTexts texts = TRY(llm::prompt_texts(config.prompts.folder));
  label::ModelChooser chooser;
  chooser.partner.model = model;
  chooser.partner.parameters.max_tokens = config.eval.prompt_llm_max_tokens;
  chooser.partner.parameters.temperature = 0;
  chooser.partner.parameters.extra_json = config.eval.prompt_llm_parameters;
  chooser.partner.again = texts.at("prompt_llm_again");
  chooser.prompt =
      config.prompts.prompt_llm.empty()
          ? texts.at("prompt_llm")
          : TRY(base::read_template(
                "prompts.prompt_llm", config.prompts.prompt_llm, {"query", "models", "objective"}));
  return chooser;
}

label::ModelChoiceInputs inputs_of(const PreparedData& scored) {
  label::ModelChoiceInputs inputs;
  for (const core::QueryRecord& query : scored.table.queries) {
    inputs.query_ids.push_back(query.id);
  }
  for (const std::string& text : scored.routing_texts) {
    inputs.texts.push_back(label::shown_query(text));
  }
  for (const core::ModelCard& model : scored.table.models) {
    inputs.models.push_back(model.id);
  }
  return inputs;
}

void count(const label::ModelChoice& choice, eval::Asked& asked) {
  ++asked.choices;
  asked.unreadable += choice.end == label::ModelChoiceEnd::kUnreadable ? 1 : 0;
  asked.unanswered += choice.end == label::ModelChoiceEnd::kUnanswered ? 1 : 0;
  asked.again += choice.again;
  asked.cost += choice.cost.value_or(0);
}

void add(const llm::DialogueEstimate& part, llm::DialogueEstimate& sum) {
  sum.items += part.items;
  sum.reused += part.reused;
  sum.calls += part.calls;
  sum.input_tokens += part.input_tokens;
  sum.output_tokens += part.output_tokens;
  sum.cost += part.cost;
  sum.unpriced_calls += part.unpriced_calls;
}

void add(llm::RunReport part, llm::RunReport& sum) {
  sum.done += part.done;
  sum.reused += part.reused;
  sum.failed += part.failed;
  sum.calls += part.calls;
  sum.spent += part.spent;
  sum.stopped = part.stopped;
  sum.left.insert(sum.left.end(), part.left.begin(), part.left.end());
  sum.error = std::move(part.error);
}

}  // namespace

Result<std::unique_ptr<LlmChoices::Asking>> LlmChoices::make_asking(const routers::RouterSpec& spec,
                                                                    const Config& config) const {
  const auto options = TRY(routers::PromptLlmOptions::parse(spec));
  const std::string& wanted = options.model.empty() ? config.eval.prompt_llm : options.model;
  if (wanted.empty()) {
    return fail(Code::kInvalidArgument,
                "router '{}': no model to ask; expected prompt_llm{{model=ID}}, or eval.prompt_llm "
                "in the configuration",
                spec.text);
  }
  const ModelConfig* const model =
      TRY(find_asked_model(config, fmt::format("router '{}': model", spec.text), wanted));
  auto asking = std::make_unique<Asking>();
  LaneBook lanes(config, patience_of(config.label));
  const llm::AskedModel asked = TRY(lanes.add(*model));
  if (request_.scored->table.has_costs() && !(asked.prices.input && asked.prices.output)) {
    return fail(Code::kInvalidArgument,
                "router '{}': what it costs to ask '{}' is part of its cost; expected price: "
                "{{input: X, output: Y}} in its entry of models, or --normaliser none",
                spec.text,
                asked.id);
  }
  asking->chooser = TRY(chooser_of(config, asked));
  asking->missing_key = lanes.missing_key();
  asking->lanes = std::move(lanes).take_lanes();
  asking->inputs = inputs_of(*request_.scored);
  return asking;
}

void LlmChoices::add_questions(const ChoiceNeed& need, const Config& config, Asking& asking) const {
  const data::OutcomeTable& table = request_.scored->table;
  const auto options = routers::PromptLlmOptions::parse(need.spec);
  const bool has_means = options && options->knows == routers::Knowledge::kMeans;
  std::string listing = has_means ? model_listing(table, config, *need.known, need.train)
                                  : model_listing(table, config);
  label::ModelChoiceInputs& inputs = asking.inputs;
  const auto [place, is_new] = asking.listings.emplace(listing, inputs.listings.size());
  if (is_new) {
    inputs.listings.push_back(std::move(listing));
  }
  asking.listing_of[need.place] = place->second;
  for (const std::uint32_t row : need.rows) {
    for (std::size_t p = 0; p < core::kNamedPreferences.size(); ++p) {
      const label::ModelQuestion question{row, p, place->second};
      if (asking.index.emplace(question, inputs.questions.size()).second) {
        inputs.questions.push_back(question);
      }
    }
  }
}

Result<std::unique_ptr<LlmChoices>> LlmChoices::prepare(ChoiceRequest request,
                                                        const Config& config,
                                                        core::CallLedger& ledger) {
  std::unique_ptr<LlmChoices> choices(new LlmChoices());
  choices->request_ = std::move(request);
  choices->currency_ = config.currency;
  for (const ChoiceNeed& need : choices->request_.needs) {
    std::unique_ptr<Asking>& asking = choices->askings_[need.place.spec];
    if (!asking) {
      asking = TRY(choices->make_asking(need.spec, config));
    }
    choices->add_questions(need, config, *asking);
  }
  for (const auto& [spec, asking] : choices->askings_) {
    asking->items =
        std::make_unique<label::ModelChoiceItems>(ledger, asking->chooser, asking->inputs);
    asking->run = std::make_unique<llm::DialogueRun>(
        *asking->items, asking->chooser.partner, choices->request_.seed);
  }
  return choices;
}

Result<llm::DialogueEstimate> LlmChoices::estimate() {
  llm::DialogueEstimate sum;
  for (const auto& [spec, asking] : askings_) {
    add(TRY(asking->run->estimate()), sum);
  }
  return sum;
}

Status LlmChoices::check_ready() const {
  for (const auto& [spec, asking] : askings_) {
    if (asking->missing_key) {
      return tl::unexpected(*asking->missing_key);
    }
    if (request_.budget) {
      TRY(check_priced(asking->chooser.partner.model));
    }
  }
  return {};
}

Result<llm::RunReport> LlmChoices::run(core::CallLedger& ledger, base::Progress& progress) {
  llm::RunReport sum;
  for (const auto& [spec, asking] : askings_) {
    asking->run->tell_to(spending_teller(progress, currency_));
    progress.start("ask " + asking->chooser.partner.model.id, asking->items->count());
    const auto budget =
        request_.budget ? std::optional(*request_.budget - sum.spent) : std::nullopt;
    add(llm::run_calls(*asking->run, ledger, asking->lanes, {budget, request_.seed}), sum);
    progress.finish();
    if (sum.error) {
      return tl::unexpected(*sum.error);
    }
    if (!base::check_stop() && sum.stopped == llm::StopReason::kNone) {
      sum.stopped = llm::StopReason::kUser;
    }
    if (sum.stopped != llm::StopReason::kNone) {
      break;
    }
  }
  return sum;
}

PlacedChoices LlmChoices::at(const ChoicePlace& place) const {
  const auto need = std::ranges::find(request_.needs, place, &ChoiceNeed::place);
  CHECK(need != request_.needs.end(), "'{}' was asked for nothing", place.spec);
  const Asking& asking = *askings_.at(place.spec);
  const std::vector<core::ModelCard>& models = request_.scored->table.models;
  const std::size_t preferences = core::kNamedPreferences.size();
  PlacedChoices placed;
  placed.asked.model = asking.chooser.partner.model.id;
  placed.prompt_sha256 = base::sha256_hex(asking.chooser.prompt);
  placed.choices.resize(request_.scored->table.queries.size() * preferences);
  for (const std::uint32_t row : need->rows) {
    for (std::size_t p = 0; p < preferences; ++p) {
      const std::size_t item = asking.index.at({row, p, asking.listing_of.at(place)});
      const label::ModelChoice& choice = asking.items->choices()[item];
      const bool is_named = choice.end == label::ModelChoiceEnd::kNamed;
      placed.choices[row * preferences + p] = {
          is_named ? std::string_view(models[choice.model].id) : std::string_view(),
          choice.cost.value_or(0)};
      count(choice, placed.asked);
    }
  }
  return placed;
}

}  // namespace wend::trips
