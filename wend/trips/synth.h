// SPDX-License-Identifier: Apache-2.0
// Cold start: from a name and a sentence a domain to a collection of questions with their task
// types. In order: what is to be made and who writes it, what the ledger has of it already, what
// the rest would cost, the calls, the collection.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/llm/call_runner.h"
#include "wend/store/store.h"
#include "wend/synth/plan.h"
#include "wend/trips/config.h"
#include "wend/trips/embeddings.h"

namespace wend::trips {

struct SynthRequest {
  std::string name;                  ///< Of the collection.
  std::vector<std::string> domains;  ///< By name; empty: all of the configuration's, and new ones.
  std::string describe;              ///< An application, or what the branch is to hold.
  std::optional<synth::Branch> branch;  ///< Where there is one, nothing but it is made.
  std::string generator;                ///< Empty: the configuration's.
  std::optional<std::uint64_t> shots;
  std::string profile_level;  ///< Empty: the configuration's.
  std::optional<double> budget;
  std::uint64_t seed = 1;
  std::size_t threads = 0;
};

/// Questions that a collection had of an earlier run and that are taken out of it: the synthesis as
/// it is asked for now has not made them.
struct TakenOut {
  std::size_t questions = 0;
  std::size_t answered = 0;  ///< Of them, those with outcomes. The replies stay in the ledger.
};

struct SynthResult {
  llm::RunReport run;
  synth::Standing standing;
  std::size_t reused = 0;
  /// Nothing where the run was stopped or a call failed: a collection is written whole or not at
  /// all, and everything that was said is in the ledger.
  std::optional<synth::Synthesis> synthesis;
  TakenOut taken_out;
};

class SynthTrip {
 public:
  /// Puts settings, prompts, generator and upstream together, and fails where one is not told.
  /// Writes nothing and calls nobody.
  static base::Result<std::unique_ptr<SynthTrip>> prepare(SynthRequest request,
                                                          const Config& config);

  /// Fails where the store has a collection of the name that was not made by a synthesis with the
  /// same inputs; asking for more shots is the same.
  base::Status check_name(store::Store& store) const;

  /// What the ledger has, and what the rest is expected to take. Once. `store`, which may be null,
  /// holds vectors; it is kept for the run.
  base::Result<synth::Estimate> estimate(core::CallLedger& ledger, store::Store* store);

  /// What comes of the ledger's replies alone, after estimate(); nothing where calls are left.
  base::Result<std::optional<synth::Synthesis>> known() const;

  /// Whether calls can be made: fails where the upstream's key is not in the environment, the
  /// encoder's files are missing, or a budget is to be kept without a price.
  base::Status check_ready();

  /// Does it, after estimate(). `store` and `ledger` are of one file. The collection's synthesised
  /// questions are then those of the result and no others.
  base::Result<SynthResult> run(store::Store& store,
                                core::CallLedger& ledger,
                                base::Progress& progress);

  const std::string& generator() const { return generator_.id; }

 private:
  SynthTrip(SynthRequest request, synth::Settings settings, synth::Generator generator);

  base::Result<base::Matrix> embed(const std::vector<std::string>& texts);
  base::Result<TextEmbedder*> embedder();
  std::string note(const llm::RunReport& report) const;
  base::Result<TakenOut> write(const synth::Synthesis& synthesis, store::Store& store) const;

  SynthRequest request_;
  synth::Settings settings_;
  synth::Generator generator_;
  std::vector<llm::Lane> lanes_;
  std::unique_ptr<synth::Plan> plan_;
  store::Store* store_ = nullptr;
  std::string encoder_folder_;
  std::optional<TextEmbedder> embedder_;
  std::size_t expected_calls_ = 0;
  std::string currency_;
  std::optional<base::Error> missing_key_;
};

}  // namespace wend::trips
