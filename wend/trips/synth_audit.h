// SPDX-License-Identifier: Apache-2.0
// Questions and reference answers of a collection looked over (TRouter, appendix D): how many say
// the same as another, in their own leaf and in others, and how many answers a second model holds
// for right, by domain and difficulty.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/store/store.h"
#include "wend/synth/audit.h"
#include "wend/trips/config.h"
#include "wend/trips/embeddings.h"

namespace wend::trips {

struct AuditRequest {
  data::Dataset dataset;
  std::string auditor;                 ///< Empty: the configuration's auditor, else generator.
  std::string writer;                  ///< Who wrote the answers; empty: not known.
  std::optional<std::uint64_t> shots;  ///< Answers of each leaf to look over; unset: all.
  std::optional<double> budget;
  std::uint64_t seed = 1;
  std::size_t threads = 0;
};

/// Counts of one domain at one difficulty.
struct AuditRow {
  std::string domain;      ///< Its name.
  std::string difficulty;  ///< "easy", "medium", "hard": first, between, last; "-": not divided.
  std::size_t queries = 0;
  std::size_t alike_within = 0;
  std::size_t alike_across = 0;
  std::size_t audited = 0;
  std::size_t right = 0;
  std::size_t by_program = 0;  ///< Of the audited, those that a program compared.
};

struct AuditReport {
  std::vector<AuditRow> rows;  ///< In the order of the tree, empty ones left out.
  AuditRow total;
  std::vector<std::string> wrong;  ///< Ids of queries.
  llm::RunReport run;
  std::size_t reused = 0;
  std::size_t malformed = 0;
  bool is_whole = false;
};

class AuditTrip {
 public:
  /// Puts together what is asked, and fails where no model is told, the collection has no labels,
  /// or the model wrote the answers itself and another could be asked. Calls nobody.
  static base::Result<std::unique_ptr<AuditTrip>> prepare(AuditRequest request,
                                                          const Config& config);

  base::Result<synth::RoleCount> estimate(core::CallLedger& ledger);

  /// Whether calls can be made.
  base::Status check_ready() const;

  /// Does it, after estimate(). Writes vectors and replies, and nothing else.
  base::Result<AuditReport> run(store::Store& store,
                                core::CallLedger& ledger,
                                base::Progress& progress);

  const std::string& auditor() const { return auditor_.id; }

  /// Whether the auditor wrote the answers itself.
  bool is_same_model() const { return is_same_model_; }

 private:
  AuditTrip(AuditRequest request, synth::Generator auditor);

  void choose_items(const synth::Prompts& prompts, synth::Form form);
  base::Status count_alike(store::Store& store, base::Progress& progress, AuditReport& report);
  void count_right(AuditReport& report) const;
  AuditRow& row_of(AuditReport& report, std::size_t query) const;

  AuditRequest request_;
  synth::Generator auditor_;
  std::vector<llm::Lane> lanes_;
  std::vector<std::size_t> leaf_of_;  // Per query, a node of the taxonomy.
  std::vector<std::size_t> audited_;  // Queries whose answers are looked over.
  std::vector<std::string> metrics_;  // Parallel: by what a program compares; empty: a verdict.
  std::unique_ptr<synth::AuditPlan> plan_;
  std::string encoder_folder_;
  std::string currency_;
  double most_alike_ = 0;
  double most_alike_across_ = 0;
  bool is_same_model_ = false;
  std::optional<base::Error> missing_key_;
};

}  // namespace wend::trips
