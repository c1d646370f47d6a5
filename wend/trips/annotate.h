// SPDX-License-Identifier: Apache-2.0
// Task types of the queries of a collection, chosen by a model. In order: the collection and the
// taxonomy, for a shortlist the vectors of both, what the ledger has, what the rest would cost, the
// calls, and, once every query has been asked about, the labels.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/label/annotate.h"
#include "wend/store/store.h"
#include "wend/trips/config.h"
#include "wend/trips/lanes.h"

namespace wend::trips {

enum class AnnotateMethod : std::uint8_t { kLevelByLevel, kShortlist };

struct AnnotateRequest {
  data::Dataset dataset;
  core::Taxonomy taxonomy;
  AnnotateMethod method = AnnotateMethod::kLevelByLevel;
  std::string model;     ///< Empty: label.annotator of the configuration.
  std::size_t most = 1;  ///< Labels of one query.
  std::optional<double> budget;
  std::uint64_t seed = 1;
  std::size_t threads = 0;
};

/// The taxonomy to choose from: of a folder (--tasks), a file, another collection, or, where none
/// is named, the collection's own.
struct TaxonomySource {
  std::string folder;
  std::string file;
  std::string collection;
};

base::Result<core::Taxonomy> find_taxonomy(const TaxonomySource& source,
                                           const data::Dataset& dataset,
                                           store::Store& store);

struct AnnotateResult {
  llm::RunReport run;
  llm::DialogueTally calls;
  std::size_t labelled = 0;
  std::size_t partial = 0;  ///< Of those, with a label above the leaves.
  std::size_t none = 0;
  std::size_t unreadable = 0;
  std::size_t failed = 0;
  std::size_t asked_again = 0;
  label::Agreement agreement;           ///< With the labels that were there before.
  std::vector<core::TaskLabel> labels;  ///< Of the taxonomy's nodes.

  /// Whether every query has been asked about, so that the labels can be written.
  bool is_whole() const { return run.stopped == llm::StopReason::kNone && run.left.empty(); }
};

class AnnotateTrip {
 public:
  /// Calls nobody. Vectors for a shortlist are computed here, or found in the store.
  static base::Result<std::unique_ptr<AnnotateTrip>> prepare(AnnotateRequest request,
                                                             const Config& config,
                                                             store::Store& store,
                                                             core::CallLedger& ledger,
                                                             base::Progress& progress);

  base::Result<llm::DialogueEstimate> estimate() { return run_->estimate(); }

  /// Fails where no call can be made: a missing key, a budget without a price.
  base::Status check_ready() const;

  base::Result<AnnotateResult> run(core::CallLedger& ledger, base::Progress& progress);

  /// The collection with the taxonomy and these labels in the place of its own.
  data::Dataset with_labels(std::vector<core::TaskLabel> labels) const;

  const std::string& model() const { return annotator_.partner.model.id; }

 private:
  AnnotateTrip() = default;

  AnnotateRequest request_;
  label::Annotator annotator_;
  std::vector<llm::Lane> lanes_;
  std::optional<base::Error> missing_key_;
  std::vector<std::vector<std::size_t>> shortlists_;  ///< Per query; empty without.
  std::unique_ptr<label::AnnotateItems> items_;
  std::unique_ptr<llm::DialogueRun> run_;
  std::string currency_;
};

}  // namespace wend::trips
