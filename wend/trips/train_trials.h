// SPDX-License-Identifier: Apache-2.0
// The file of what `--tune` has tried (OUT.tune.json), so that a run that was stopped goes on where
// it was. A trial is only worth what it was worth on the same rows, costs and vectors: the file
// says what it stands on, and is refused where that is another (docs/formats/tune.md).
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "wend/base/result.h"
#include "wend/routers/spec.h"
#include "wend/trips/train_fold.h"

namespace wend::trips {

/// Options of a SPEC.
using OptionMap = std::map<std::string, std::string, std::less<>>;

struct Trial {
  OptionMap options;
  double validation_utility_sum = 0;
};

/// All that a trial's utility depends on beside its options, by name: the SPEC, the seed, the train
/// rows and the validation rows, the costs' scale, the encoder, the source of the task types and
/// the prompts' descriptions.
using TrialBasis = std::map<std::string, std::string, std::less<>>;

TrialBasis trial_basis(const routers::RouterSpec& spec,
                       const PreparedData& prepared,
                       const eval::Fold& fold);

class TrialRecord {
 public:
  /// Reads the file where there is one; an empty path keeps nothing. A file of another basis is an
  /// error that names the file and what differs.
  static base::Result<TrialRecord> open(std::string path, TrialBasis basis);

  /// Null where it was not tried.
  const Trial* find(const OptionMap& options) const;

  /// Written before it returns.
  base::Status add(Trial trial);

 private:
  TrialRecord(std::string path, TrialBasis basis)
      : path_(std::move(path)), basis_(std::move(basis)) {}

  base::Status read();

  std::string path_;
  TrialBasis basis_;
  std::vector<Trial> tried_;
};

}  // namespace wend::trips
