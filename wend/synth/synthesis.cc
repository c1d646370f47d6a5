// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/synthesis.h"

#include "wend/base/stop.h"

namespace wend::synth {

base::Status drop_duplicates_across(std::vector<LeafPairs>& leaves,
                                    const std::vector<std::string>& there,
                                    const Embed& embed,
                                    double most_alike) {
  KeptVectors kept(most_alike);
  if (!there.empty()) {
    const base::Matrix vectors = TRY(embed(there));
    for (std::size_t i = 0; i < vectors.rows(); ++i) {
      kept.add(vectors.row(i));
    }
  }
  for (LeafPairs& leaf : leaves) {
    TRY(base::check_stop());
    std::vector<std::string> questions;
    questions.reserve(leaf.pairs.size());
    for (const QaPair& pair : leaf.pairs) {
      questions.push_back(pair.question);
    }
    if (questions.empty()) {
      continue;
    }
    const base::Matrix vectors = TRY(embed(questions));
    std::vector<QaPair> unlike;
    for (std::size_t i = 0; i < questions.size(); ++i) {
      if (kept.keep(vectors.row(i))) {
        unlike.push_back(std::move(leaf.pairs[i]));
      }
    }
    leaf.duplicates_across = leaf.pairs.size() - unlike.size();
    leaf.pairs = std::move(unlike);
  }
  return {};
}

}  // namespace wend::synth
