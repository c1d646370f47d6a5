// SPDX-License-Identifier: Apache-2.0
// What prompt_llm rows of a table need before they can be replayed: a language model's choice for
// each test query and preference. In order: which questions there are, what the ledger has, what
// the rest would cost, the calls, the choices.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/core/query.h"
#include "wend/eval/run.h"
#include "wend/label/model_choice.h"
#include "wend/llm/dialogue_run.h"
#include "wend/trips/config.h"
#include "wend/trips/from_data.h"
#include "wend/trips/lanes.h"

namespace wend::trips {

/// A row of the table on one fold.
struct ChoicePlace {
  std::string spec;
  eval::Source source = eval::Source::kInDomain;
  std::size_t fold = 0;

  friend auto operator<=>(const ChoicePlace&, const ChoicePlace&) = default;
};

/// Choices that a row needs on one fold.
struct ChoiceNeed {
  ChoicePlace place;
  routers::RouterSpec spec;
  std::vector<std::uint32_t> rows;   ///< Of the table that is scored.
  const data::OutcomeTable* known;   ///< What is learnt from.
  std::vector<std::uint32_t> train;  ///< Its rows that means may be of.
};

struct ChoiceRequest {
  const PreparedData* scored = nullptr;  ///< Borrowed as long as the choices live.
  std::vector<ChoiceNeed> needs;
  std::optional<double> budget = {};
  std::uint64_t seed = 1;
};

/// The choices of one place: kPreferences per row of the scored table, empty where none was needed.
struct PlacedChoices {
  std::vector<core::LlmChoice> choices;
  eval::Asked asked;
  std::string prompt_sha256;  ///< Of the prompt with its {{places}}: its version.
};

class LlmChoices {
 public:
  /// Calls nobody.
  static base::Result<std::unique_ptr<LlmChoices>> prepare(ChoiceRequest request,
                                                           const Config& config,
                                                           core::CallLedger& ledger);

  base::Result<llm::DialogueEstimate> estimate();

  /// Fails where no call can be made: a missing key, a budget or costs without a price.
  base::Status check_ready() const;

  /// Asks what the ledger lacks.
  base::Result<llm::RunReport> run(core::CallLedger& ledger, base::Progress& progress);

  /// Needs a run that was not stopped, and a place that was needed.
  PlacedChoices at(const ChoicePlace& place) const;

 private:
  /// One router's questions, on all folds.
  struct Asking {
    label::ModelChooser chooser;
    std::vector<llm::Lane> lanes;
    std::optional<base::Error> missing_key;
    label::ModelChoiceInputs inputs;
    std::map<label::ModelQuestion, std::size_t> index;  ///< Into inputs.questions.
    std::map<std::string, std::size_t> listings;        ///< Into inputs.listings.
    std::map<ChoicePlace, std::size_t> listing_of;
    std::unique_ptr<label::ModelChoiceItems> items;
    std::unique_ptr<llm::DialogueRun> run;
  };

  LlmChoices() = default;
  base::Result<std::unique_ptr<Asking>> make_asking(const routers::RouterSpec& spec,
                                                    const Config& config) const;
  void add_questions(const ChoiceNeed& need, const Config& config, Asking& asking) const;

  ChoiceRequest request_;
  std::map<std::string, std::unique_ptr<Asking>> askings_;  ///< By the SPEC.
  std::string currency_;
};

}  // namespace wend::trips
