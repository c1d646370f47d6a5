// SPDX-License-Identifier: Apache-2.0
// The rule that puts currency on the scale of quality (algorithms.md 1.3). Fitted on train rows
// alone (but dataset_minmax_all, the paper's own leak, kept for comparison), stored in the artifact
// with its parameters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"
#include "wend/data/outcome_table.h"

namespace wend::data {

enum class NormaliserKind {
  kReference,
  kDatasetMinMaxTrain,
  kGlobalMinMaxTrain,
  kNodeMinMaxTrain,
  kDatasetMinMaxAll,
  kNone
};

/// Fails with the list of names and a suggestion.
base::Result<NormaliserKind> parse_normaliser(std::string_view name);
std::string_view normaliser_name(NormaliserKind kind);

class Normaliser {
 public:
  /// kNone: every cost is 0.
  Normaliser() = default;

  /// Fits on `rows` of the table (every row for kDatasetMinMaxAll). A zero range maps to 0. A
  /// quality-only table gives kNone.
  static Normaliser fit(NormaliserKind kind,
                        const OutcomeTable& table,
                        std::span<const std::uint32_t> rows);

  /// {"name":"reference","parameters":{...}} and back.
  static base::Result<Normaliser> parse(std::string_view json);
  std::string to_json() const;

  NormaliserKind kind() const { return kind_; }

  /// Whether currency can be recovered without the data set: reference, global_minmax_train, none.
  bool invertible() const;

  /// Currency -> normalised, not clamped; NaN stays NaN. `group` is the row's dataset or leaf id
  /// where the kind needs one.
  double normalise(double cost, std::string_view group = {}) const;
  /// What training sees: clamped to [0, 1].
  double normalise_clamped(double cost, std::string_view group = {}) const;
  /// Normalised -> currency; nullopt where not invertible or kNone.
  std::optional<double> invert(double normalised) const;

  /// The group of a row under this kind: its dataset, its leaf's id, or nothing.
  std::string group_of(const OutcomeTable& table, std::size_t row) const;

 private:
  struct Range {
    double low = 0;
    double high = 0;
  };

  void widen(const std::string& group, double cost);
  void widen_by_row(const OutcomeTable& table, std::size_t row);

  NormaliserKind kind_ = NormaliserKind::kNone;
  /// One, keyed "", for the global kinds. An unseen group falls back to it.
  std::map<std::string, Range, std::less<>> ranges_;
};

}  // namespace wend::data
