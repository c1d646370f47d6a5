// SPDX-License-Identifier: Apache-2.0
#include "wend/label/label_report.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

namespace wend::label {
namespace {

using nlohmann::json;

constexpr std::size_t kKindsOfReason = 20;
constexpr std::size_t kDifficulty = 2;  // The level of difficulty nodes.

struct WeightedMean {
  double sum = 0;
  double weight = 0;

  void add(double value, double by) {
    sum += value * by;
    weight += by;
  }

  std::optional<double> value() const {
    return weight > 0 ? std::optional(sum / weight) : std::nullopt;
  }
};

struct PointSum {
  std::size_t outcomes = 0;
  WeightedMean quality;
  WeightedMean cost;

  void add(const core::Outcome& outcome, double weight) {
    if (outcome.status == core::OutcomeStatus::kFailed) {
      return;
    }
    ++outcomes;
    if (outcome.status == core::OutcomeStatus::kOk && outcome.quality) {
      quality.add(static_cast<double>(*outcome.quality), weight);
    }
    if (outcome.cost) {
      cost.add(*outcome.cost, weight);
    }
  }

  MeanPoint mean() const { return {outcomes, quality.value(), cost.value()}; }
};

/// Where a difficulty node stands: its subcategory, and its place there from 0.
struct NodePlace {
  std::size_t subcategory = 0;
  std::size_t domain = 0;
  std::size_t level = 0;
};

std::map<std::size_t, NodePlace> places_of(const core::Taxonomy& taxonomy) {
  std::map<std::size_t, NodePlace> places;
  std::map<std::size_t, std::size_t> children;
  for (std::size_t node = 0; node < taxonomy.nodes().size(); ++node) {
    const core::TaskNode& task = taxonomy.nodes()[node];
    if (task.level == kDifficulty) {
      places[node] = {*task.parent, taxonomy.ancestor_at(node, 0), children[*task.parent]++};
    }
  }
  return places;
}

/// "1", or "1 Easy" where all nodes of that place are called so.
std::vector<std::string> level_names(const core::Taxonomy& taxonomy,
                                     const std::map<std::size_t, NodePlace>& places) {
  std::vector<std::set<std::string>> names;
  for (const auto& [node, place] : places) {
    names.resize(std::max(names.size(), place.level + 1));
    names[place.level].insert(taxonomy.nodes()[node].name);
  }
  std::vector<std::string> shown;
  for (std::size_t level = 0; level < names.size(); ++level) {
    shown.push_back(names[level].size() == 1
                        ? fmt::format("{} {}", level + 1, *names[level].begin())
                        : fmt::format("{}", level + 1));
  }
  return shown;
}

json extra_of(const core::Outcome& outcome) {
  json extra =
      outcome.extra_json.empty() ? json() : json::parse(outcome.extra_json, nullptr, false);
  return extra.is_object() ? extra : json::object();
}

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Whether the judge's score is the one that counts.
bool is_judged(const json& extra) {
  const auto scores = extra.find("scores");
  return scores != extra.end() && scores->is_object() && scores->contains("judge") &&
         !scores->contains("metric");
}

class ReportBuilder {
 public:
  ReportBuilder(const data::Dataset& dataset, const std::string& currency)
      : dataset_(dataset), places_(places_of(dataset.taxonomy)) {
    report_.dataset = dataset.name;
    report_.currency = currency;
    report_.queries = dataset.queries.size();
    report_.levels = level_names(dataset.taxonomy, places_);
    labels_.resize(dataset.queries.size());
    for (const core::TaskLabel& label : dataset.labels) {
      labels_[label.query].push_back(label);
    }
  }

  LabelReport build() && {
    add_models();
    if (!report_.levels.empty()) {
      add_levels();
      add_harder();
    }
    return std::move(report_);
  }

 private:
  using Cells = std::vector<std::vector<PointSum>>;  // (models, levels)

  void add_models() {
    std::vector<PointSum> means(dataset_.models.size());
    std::vector<WeightedMean> tokens_in(means.size());
    std::vector<WeightedMean> tokens_out(means.size());
    for (const core::ModelCard& model : dataset_.models) {
      report_.models.emplace_back().model = model.id;
    }
    for (const core::Outcome& outcome : dataset_.outcomes) {
      means[outcome.model].add(outcome, 1);
      if (outcome.status != core::OutcomeStatus::kFailed && outcome.output_tokens) {
        tokens_in[outcome.model].add(outcome.input_tokens.value_or(0), 1);
        tokens_out[outcome.model].add(*outcome.output_tokens, 1);
      }
      count(outcome);
    }
    for (std::size_t i = 0; i < means.size(); ++i) {
      report_.models[i].mean = means[i].mean();
      report_.models[i].input_tokens = tokens_in[i].value();
      report_.models[i].output_tokens = tokens_out[i].value();
    }
  }

  void count(const core::Outcome& outcome) {
    ModelReport& model = report_.models[outcome.model];
    model.failed += outcome.status == core::OutcomeStatus::kFailed ? 1 : 0;
    model.unscored += outcome.status == core::OutcomeStatus::kUnscored ? 1 : 0;
    const json extra = extra_of(outcome);
    if (outcome.status == core::OutcomeStatus::kOk) {
      if (is_judged(extra)) {
        const std::string judge = text_at(extra, "judge");
        ++model.judged_by[judge];
        const auto itself = extra.find("judges_itself");
        const bool under_another_name = itself != extra.end() && *itself == true;
        if (judge == model.model || under_another_name) {
          model.own_judges.insert(judge);
        }
      }
      return;
    }
    std::string why = text_at(extra, "why");
    why = why.empty() ? "no reason given" : why;
    if (report_.why_missing.size() < kKindsOfReason || report_.why_missing.contains(why)) {
      ++report_.why_missing[why];
    }
  }

  Cells empty_cells() const {
    return Cells(dataset_.models.size(), std::vector<PointSum>(report_.levels.size()));
  }

  void add_levels() {
    Cells all = empty_cells();
    std::map<std::size_t, Cells> domains;
    for (const core::Outcome& outcome : dataset_.outcomes) {
      for (const core::TaskLabel& label : labels_[outcome.query]) {
        const auto place = places_.find(label.node);
        if (place == places_.end()) {
          continue;
        }
        const auto weight = static_cast<double>(label.weight);
        const std::size_t level = place->second.level;
        all[outcome.model][level].add(outcome, weight);
        domains.try_emplace(place->second.domain, empty_cells())
            .first->second[outcome.model][level]
            .add(outcome, weight);
        subcategories_.try_emplace(place->second.subcategory, empty_cells())
            .first->second[outcome.model][level]
            .add(outcome, weight);
      }
    }
    report_.by_level.push_back(level_report("all", all));
    for (const auto& [domain, cells] : domains) {
      report_.by_level.push_back(level_report(dataset_.taxonomy.nodes()[domain].name, cells));
    }
  }

  static LevelReport level_report(std::string name, const Cells& cells) {
    LevelReport report{std::move(name), {}};
    for (const std::vector<PointSum>& model : cells) {
      std::vector<MeanPoint>& points = report.points.emplace_back();
      for (const PointSum& sum : model) {
        points.push_back(sum.mean());
      }
    }
    return report;
  }

  void add_harder() {
    for (const auto& [subcategory, cells] : subcategories_) {
      for (const std::vector<PointSum>& model : cells) {
        for (std::size_t level = 0; level + 1 < model.size(); ++level) {
          compare(model[level].mean(), model[level + 1].mean());
        }
      }
    }
  }

  void compare(const MeanPoint& easier, const MeanPoint& harder) {
    HarderReport& h = report_.harder;
    const bool has_cost = easier.cost && harder.cost;
    const bool has_quality = easier.quality && harder.quality;
    const bool costs_more = has_cost && *harder.cost > *easier.cost;
    const bool scores_less = has_quality && *harder.quality < *easier.quality;
    h.cost_pairs += has_cost ? 1 : 0;
    h.costs_more += costs_more ? 1 : 0;
    h.costs_the_same += has_cost && *harder.cost == *easier.cost ? 1 : 0;
    h.quality_pairs += has_quality ? 1 : 0;
    h.scores_less += scores_less ? 1 : 0;
    h.scores_the_same += has_quality && *harder.quality == *easier.quality ? 1 : 0;
    h.both_pairs += has_cost && has_quality ? 1 : 0;
    h.both += costs_more && scores_less ? 1 : 0;
  }

  const data::Dataset& dataset_;
  std::map<std::size_t, NodePlace> places_;
  std::vector<std::vector<core::TaskLabel>> labels_;  // Per query.
  std::map<std::size_t, Cells> subcategories_;
  LabelReport report_;
};

}  // namespace

LabelReport build_label_report(const data::Dataset& dataset, const std::string& currency) {
  return ReportBuilder(dataset, currency).build();
}

}  // namespace wend::label
