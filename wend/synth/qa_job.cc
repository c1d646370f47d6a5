// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/qa_job.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "wend/synth/blocks.h"

namespace wend::synth {
namespace {

constexpr std::size_t kStemBytes = 90;

/// How a question begins, on one line.
std::string stem_of(const std::string& question) {
  std::string stem = one_line(question);
  if (stem.size() <= kStemBytes) {
    return stem;
  }
  const std::size_t space = stem.rfind(' ', kStemBytes);
  std::size_t end = space == std::string::npos || space == 0 ? kStemBytes : space;
  while (end > 0 && (static_cast<unsigned char>(stem[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return stem.substr(0, end) + " ...";
}

}  // namespace

std::size_t most_batches(const QaRules& rules) {
  return (rules.shots + rules.batch - 1) / rules.batch + rules.extra_batches;
}

QaJob::QaJob(const Voice& voice, const Embed& embed, std::string profile, QaRules rules)
    : voice_(voice),
      embed_(embed),
      profile_(std::move(profile)),
      rules_(rules),
      kept_(rules.most_alike),
      exchange_(Ask{}),
      done_(rules.shots == 0) {
  if (!done_) {
    exchange_ = Exchange(next_ask());
  }
}

Ask QaJob::next_ask() const {
  std::string stems;
  const std::size_t shown = std::min(rules_.shown_stems, pairs_.size());
  for (std::size_t i = pairs_.size() - shown; i < pairs_.size(); ++i) {
    stems += fmt::format("{}- {}", stems.empty() ? "" : "\n", stem_of(pairs_[i].question));
  }
  const std::string written =
      stems.empty() ? std::string() : voice_.prompts.render("written", {{"stems", stems}}) + "\n";
  // Always a whole batch, whatever is missing: fewer shots are the beginning of more.
  return voice_.ask(Role::kPairs,
                    voice_.prompts.render("pairs",
                                          {{"count", std::to_string(rules_.batch)},
                                           {"profile", profile_},
                                           {"written", written},
                                           {"format", voice_.format("pairs")}}),
                    static_cast<std::uint32_t>(yields_.size()));
}

base::Status QaJob::take(const std::string& reply) {
  Parsed<std::vector<QaPair>> batch = read_batch(reply);
  if (!batch) {
    count_malformed();
    if (!exchange_.ask_again(voice_.prompts, reply, batch.error())) {
      failed_.push_back({yields_.size() + 1, std::move(batch).error()});
      end_batch(0);
    }
    return {};
  }
  end_batch(TRY(keep_new(*std::move(batch))));
  return {};
}

/// By markers, more pairs than were asked for are a sign that one was taken for two. JSON leaves no
/// such doubt, and what is too much of it is taken too.
Parsed<std::vector<QaPair>> QaJob::read_batch(const std::string& reply) const {
  Parsed<std::vector<QaPair>> batch = parse_pairs(reply, voice_.form);
  if (batch && voice_.form == Form::kMarkers && batch->size() > rules_.batch) {
    return tl::unexpected(fmt::format(
        "it has {} pairs and {} are asked for; where a line of an answer begins with \"Q:\" or "
        "\"A:\", put the answer's text between two lines ```",
        batch->size(),
        rules_.batch));
  }
  return batch;
}

base::Result<std::size_t> QaJob::keep_new(std::vector<QaPair> batch) {
  std::vector<std::string> questions;
  questions.reserve(batch.size());
  for (const QaPair& pair : batch) {
    questions.push_back(pair.question);
  }
  const base::Matrix vectors = TRY(embed_(questions));
  std::size_t found = 0;
  for (std::size_t i = 0; i < batch.size() && pairs_.size() < rules_.shots; ++i) {
    if (!kept_.keep(vectors.row(i))) {
      ++duplicates_;
      continue;
    }
    pairs_.push_back(std::move(batch[i]));
    ++found;
  }
  return found;
}

void QaJob::end_batch(std::size_t found) {
  yields_.push_back(found);
  barren_ = found == 0 ? barren_ + 1 : 0;
  done_ = pairs_.size() >= rules_.shots || yields_.size() >= most_batches(rules_) ||
          barren_ >= kBarrenBatches;
  if (!done_) {
    exchange_ = Exchange(next_ask());
  }
}

}  // namespace wend::synth
