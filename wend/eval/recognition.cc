// SPDX-License-Identifier: Apache-2.0
#include "wend/eval/recognition.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "wend/base/check.h"
#include "wend/base/parallel.h"

namespace wend::eval {

namespace {

constexpr std::size_t kBins = 15;
constexpr std::size_t kShown = 5;
constexpr std::size_t kStemBytes = 160;
constexpr double kLeastWeight = 1e-12;

std::string level_name(std::size_t level) {
  constexpr std::array<const char*, 3> kNames = {"domain", "subcategory", "difficulty"};
  return level < kNames.size() ? kNames[level] : fmt::format("level {}", level + 1);
}

/// The node that a row is labelled with, the first of the heaviest.
std::optional<std::size_t> truth_of(const std::vector<core::TaskLabel>& labels) {
  const auto heaviest =
      std::max_element(labels.begin(), labels.end(), [](const auto& a, const auto& b) {
        return a.weight < b.weight;
      });
  return heaviest == labels.end() ? std::nullopt : std::optional<std::size_t>(heaviest->node);
}

/// For each task type of the router its node in the table's tree; nothing where it has none.
std::vector<std::optional<std::size_t>> nodes_of(const routers::Router& router,
                                                 const core::Taxonomy& taxonomy) {
  std::vector<std::optional<std::size_t>> nodes;
  for (const core::TaskName& task : router.tasks()) {
    nodes.push_back(taxonomy.find(task.id));
  }
  return nodes;
}

core::Query query_of(const RecognitionRows& rows, std::uint32_t row) {
  core::Query query;
  query.text = rows.texts.empty() ? std::string_view() : rows.texts[row];
  query.embedding = rows.embeddings.unit.row(row);
  query.embedding_norm = rows.embeddings.norms[row];
  return query;
}

std::string stem_of(const std::string& prompt) {
  std::size_t end = std::min(prompt.size(), kStemBytes);
  while (end < prompt.size() && end > 0 &&
         (static_cast<unsigned char>(prompt[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  std::string stem = prompt.substr(0, end);
  std::ranges::replace_if(
      stem, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return stem;
}

/// Indices of the heaviest weights, heaviest first, ties by index.
std::vector<std::size_t> heaviest(std::span<const float> weights) {
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto shown = static_cast<std::ptrdiff_t>(std::min(kShown, order.size()));
  std::partial_sort(
      order.begin(), order.begin() + shown, order.end(), [&](std::size_t a, std::size_t b) {
        return weights[a] != weights[b] ? weights[a] > weights[b] : a < b;
      });
  order.resize(static_cast<std::size_t>(shown));
  return order;
}

/// Sum over the bins of |accuracy - mean confidence|, weighted by their counts.
double calibration_error(const std::vector<std::pair<float, bool>>& confidence) {
  std::array<double, kBins> surplus{};
  for (const auto& [weight, is_true] : confidence) {
    const auto place = static_cast<double>(weight) * static_cast<double>(kBins);
    const std::size_t bin = std::min(kBins - 1, static_cast<std::size_t>(std::max(place, 0.0)));
    surplus[bin] += (is_true ? 1.0 : 0.0) - static_cast<double>(weight);
  }
  double sum = 0;
  for (const double bin : surplus) {
    sum += std::fabs(bin);
  }
  return sum / static_cast<double>(confidence.size());
}

}  // namespace

/// One router before one tree.
class RecognitionTally::Fold {
 public:
  Fold(const routers::Router& router, const core::Taxonomy& taxonomy)
      : router_(router),
        taxonomy_(taxonomy),
        nodes_(nodes_of(router, taxonomy)),
        is_leaf_(taxonomy.nodes().size(), false) {
    for (const std::size_t leaf : taxonomy.leaves()) {
      is_leaf_[leaf] = true;
    }
    for (const auto& node : nodes_) {
      depth_ = std::max(depth_, node ? taxonomy.nodes()[*node].level + 1 : 0);
    }
  }

  std::size_t depth() const { return depth_; }

  /// The label's ancestor at a level; nothing where it says nothing about so deep a level.
  std::optional<std::size_t> truth_at(std::size_t label, std::size_t level) const {
    const bool is_known = taxonomy_.nodes()[label].level >= level || is_leaf_[label];
    return is_known ? std::optional(taxonomy_.ancestor_at(label, level)) : std::nullopt;
  }

  /// The posterior (tasks) rolled up: weights of the tree's nodes at a level. Task types that the
  /// tree lacks keep theirs to themselves, in the last place.
  std::vector<float> weights_at(std::span<const float> posterior, std::size_t level) const {
    std::vector<float> weights(taxonomy_.nodes().size() + 1, 0.0F);
    for (std::size_t task = 0; task < posterior.size(); ++task) {
      weights[nodes_[task] ? taxonomy_.ancestor_at(*nodes_[task], level) : weights.size() - 1] +=
          posterior[task];
    }
    return weights;
  }

  std::size_t types_at(std::size_t level) const {
    std::vector<bool> seen(taxonomy_.nodes().size(), false);
    for (const auto& node : nodes_) {
      if (node) {
        seen[taxonomy_.ancestor_at(*node, level)] = true;
      }
    }
    return static_cast<std::size_t>(std::ranges::count(seen, true));
  }

  TaskFailure failure(std::span<const float> posterior, std::size_t truth) const {
    TaskFailure failed;
    const std::array<std::size_t, 1> node = {truth};
    failed.truth = taxonomy_.names(node).front();
    for (const std::size_t task : heaviest(posterior)) {
      failed.top.emplace_back(router_.tasks()[task], posterior[task]);
    }
    return failed;
  }

 private:
  const routers::Router& router_;
  const core::Taxonomy& taxonomy_;
  std::vector<std::optional<std::size_t>> nodes_;
  std::vector<bool> is_leaf_;
  std::size_t depth_ = 0;
};

bool can_be_recognised(const routers::Router& router, const RecognitionRows& rows) {
  const auto nodes = nodes_of(router, rows.table.taxonomy);
  const auto labelled = std::ranges::find_if(
      rows.rows, [&](std::uint32_t row) { return !rows.table.labels[row].empty(); });
  return std::ranges::any_of(nodes, [](const auto& node) { return node.has_value(); }) &&
         labelled != rows.rows.end() && !router.task_posterior(query_of(rows, *labelled)).empty();
}

void RecognitionTally::add(const routers::Router& router, const RecognitionRows& rows) {
  const Fold fold(router, rows.table.taxonomy);
  std::vector<std::vector<float>> posteriors(rows.rows.size());
  base::parallel_for(rows.rows.size(), rows.threads, [&](std::size_t i, std::size_t) {
    posteriors[i] = router.task_posterior(query_of(rows, rows.rows[i]));
  });
  levels_.resize(std::max(levels_.size(), fold.depth()));
  for (std::size_t level = 0; level < fold.depth(); ++level) {
    levels_[level].types = std::max(levels_[level].types, fold.types_at(level));
  }
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const std::uint32_t row = rows.rows[i];
    const auto label = truth_of(rows.table.labels[row]);
    for (std::size_t level = 0; label && level < fold.depth(); ++level) {
      const auto truth = fold.truth_at(*label, level);
      if (!truth) {
        break;
      }
      const bool is_told = count(levels_[level], fold.weights_at(posteriors[i], level), *truth);
      if (level + 1 == fold.depth() && !is_told) {
        failures_.push_back(fold.failure(posteriors[i], *truth));
        failures_.back().seed = rows.seed;
        failures_.back().query_id = rows.table.queries[row].id;
        failures_.back().stem = stem_of(rows.table.queries[row].prompt);
      }
    }
  }
}

bool RecognitionTally::count(Level& level, const std::vector<float>& weights, std::size_t truth) {
  const std::vector<std::size_t> top = heaviest(weights);
  const auto place = static_cast<std::size_t>(std::ranges::find(top, truth) - top.begin());
  const bool is_among = place < top.size() && weights[truth] > 0;
  level.top1 += is_among && place < 1 ? 1 : 0;
  level.top3 += is_among && place < 3 ? 1 : 0;
  level.top5 += is_among ? 1 : 0;
  level.nll -= std::log(std::max(static_cast<double>(weights[truth]), kLeastWeight));
  level.confidence.emplace_back(weights[top.front()], is_among && place == 0);
  return is_among && place == 0;
}

Recognition RecognitionTally::result() const {
  Recognition result{dataset_, part_};
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    const Level& sums = levels_[level];
    const auto count = static_cast<double>(sums.confidence.size());
    result.levels.push_back({level_name(level),
                             sums.types,
                             sums.confidence.size(),
                             static_cast<double>(sums.top1) / count,
                             static_cast<double>(sums.top3) / count,
                             static_cast<double>(sums.top5) / count,
                             sums.nll / count,
                             calibration_error(sums.confidence)});
  }
  result.failures = failures_;
  return result;
}

std::string failure_line(const TaskFailure& failure,
                         std::string_view router,
                         std::string_view source,
                         const Recognition& recognition) {
  using Json = nlohmann::ordered_json;
  Json top = Json::array();
  for (const auto& [task, weight] : failure.top) {
    top.push_back({{"task", task.id}, {"name", task.name}, {"weight", weight}});
  }
  const Json line = {{"router", router},
                     {"source", source},
                     {"seed", failure.seed},
                     {"dataset", recognition.dataset},
                     {"part", recognition.part},
                     {"query_id", failure.query_id},
                     {"prompt", failure.stem},
                     {"true_task", {{"task", failure.truth.id}, {"name", failure.truth.name}}},
                     {"top", std::move(top)}};
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wend::eval
