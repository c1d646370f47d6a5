// SPDX-License-Identifier: Apache-2.0
// What a judge is worth: its scores beside scores that are known, of replies to questions with a
// known answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/query.h"
#include "wend/data/dataset.h"
#include "wend/label/judge.h"

namespace wend::label {

/// A reply whose score is known.
struct KnownReply {
  core::QueryRecord query;
  std::string model;  ///< Whose it is.
  std::string reply;
  double known = 0;
};

/// The replies of a file: a JSON object a line, a row of queries.jsonl with `reply` and `model`
/// beside its keys, and where its `metric` is not to say the score, `quality` from 0 to 1. A row
/// without a known score is an error with its place.
base::Result<std::vector<KnownReply>> read_known_replies(const std::string& path);

/// Finds the row of replies.jsonl under an id.
using FindReply = std::function<base::Result<std::optional<std::string>>(const std::string&)>;

/// The replies of a collection that was scored by metric: of outcomes with a quality and a
/// `reply_id` that is found, `scores.metric` where they have it, else the quality, unless a judge
/// gave it.
base::Result<std::vector<KnownReply>> known_replies_of(const data::Dataset& dataset,
                                                       const FindReply& find);

/// The judge's scores beside the known ones, of one model or of all.
struct JudgeComparison {
  std::string model;  ///< Empty: all.
  std::size_t n = 0;
  double mean_known = 0;
  double mean_judge = 0;
  double agreement = 0;  ///< Share of replies that both put on the same side of .5 (.5 is above).
  double bias = 0;       ///< Mean of judge - known.
  double spearman = 0;   ///< NaN where one of the two is all the same.
};

/// All replies first, then by model. `scores` are parallel to the replies, absent ones left out.
std::vector<JudgeComparison> compare_judge(const std::vector<KnownReply>& replies,
                                           const std::vector<std::optional<double>>& scores);

/// Known replies as a judge is asked about them. Borrows them.
class KnownReplies final : public JudgedReplies {
 public:
  explicit KnownReplies(const std::vector<KnownReply>& replies)
      : replies_(replies), scores_(replies.size()) {}

  std::size_t count() const override { return replies_.size(); }

  base::Result<std::optional<JudgedReply>> at(std::size_t index) override {
    return judged_reply(replies_[index].query, replies_[index].reply);
  }

  base::Status take(std::size_t index, const Verdict& verdict) override {
    scores_[index] = verdict.score;
    return {};
  }

  base::Status give_up(std::size_t /*index*/, const llm::CallFailure& /*failure*/) override {
    return {};
  }

  const std::vector<std::optional<double>>& scores() const { return scores_; }

 private:
  const std::vector<KnownReply>& replies_;
  std::vector<std::optional<double>> scores_;
};

}  // namespace wend::label
