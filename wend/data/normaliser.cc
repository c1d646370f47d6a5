// SPDX-License-Identifier: Apache-2.0
// Every kind is a set of ranges: cost maps to (cost - low) / (high - low). `reference` is the range
// from 0 to c_ref, so it scales and never shifts; the others are the smallest and largest cost of
// their rows, of the whole table under "" and of each group under its name.
#include "wend/data/normaliser.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

#include "wend/base/check.h"
#include "wend/base/suggest.h"

namespace wend::data {
namespace {

using base::Code;
using base::fail;
using nlohmann::json;

struct NamedKind {
  NormaliserKind kind;
  std::string_view name;
};

constexpr std::array<NamedKind, 6> kKinds = {{
    {NormaliserKind::kReference, "reference"},
    {NormaliserKind::kDatasetMinMaxTrain, "dataset_minmax_train"},
    {NormaliserKind::kGlobalMinMaxTrain, "global_minmax_train"},
    {NormaliserKind::kNodeMinMaxTrain, "node_minmax_train"},
    {NormaliserKind::kDatasetMinMaxAll, "dataset_minmax_all"},
    {NormaliserKind::kNone, "none"},
}};

constexpr double kReferencePercentile = 0.99;

bool is_grouped(NormaliserKind kind) {
  return kind == NormaliserKind::kDatasetMinMaxTrain || kind == NormaliserKind::kDatasetMinMaxAll ||
         kind == NormaliserKind::kNodeMinMaxTrain;
}

/// The percentile between its two neighbours in order, as numpy's default has it.
double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double position = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (position - static_cast<double>(below)) * (values[above] - values[below]);
}

/// c_ref: the 99th percentile of the costs of the model that is dearest on average over the rows; 0
/// where no cost is known.
double reference_cost(const OutcomeTable& table, std::span<const std::uint32_t> rows) {
  double dearest_mean = -1;
  std::vector<double> dearest;
  for (std::size_t model = 0; model < table.models.size(); ++model) {
    std::vector<double> costs;
    double sum = 0;
    for (const std::uint32_t row : rows) {
      if (const double cost = table.cost(row, model); !std::isnan(cost)) {
        costs.push_back(cost);
        sum += cost;
      }
    }
    const double mean = costs.empty() ? -1 : sum / static_cast<double>(costs.size());
    if (mean > dearest_mean) {
      dearest_mean = mean;
      dearest = std::move(costs);
    }
  }
  return dearest.empty() ? 0 : percentile(std::move(dearest), kReferencePercentile);
}

bool is_cost(const json& value) {
  return value.is_number() && std::isfinite(value.get<double>()) && value.get<double>() >= 0;
}

base::Result<double> cost_field(const json& parameters, const char* key) {
  const auto found = parameters.find(key);
  if (found == parameters.end() || !is_cost(*found)) {
    return fail(Code::kInvalidArgument,
                "normaliser: expected a finite number of 0 or more under '{}'",
                key);
  }
  return found->get<double>();
}

}  // namespace

base::Result<NormaliserKind> parse_normaliser(std::string_view name) {
  std::vector<std::string> names;
  for (const NamedKind& known : kKinds) {
    if (known.name == name) {
      return known.kind;
    }
    names.emplace_back(known.name);
  }
  return fail(Code::kInvalidArgument,
              "normaliser '{}': expected one of {}{}",
              name,
              fmt::join(names, ", "),
              base::did_you_mean(name, names));
}

std::string_view normaliser_name(NormaliserKind kind) {
  return std::find_if(kKinds.begin(),
                      kKinds.end(),
                      [kind](const NamedKind& known) { return known.kind == kind; })
      ->name;
}

void Normaliser::widen(const std::string& group, double cost) {
  const auto [range, is_new] = ranges_.try_emplace(group, Range{cost, cost});
  if (!is_new) {
    range->second.low = std::min(range->second.low, cost);
    range->second.high = std::max(range->second.high, cost);
  }
}

void Normaliser::widen_by_row(const OutcomeTable& table, std::size_t row) {
  const std::string group = group_of(table, row);
  for (const double cost : table.cost.row(row)) {
    if (std::isnan(cost)) {
      continue;
    }
    widen("", cost);
    if (!group.empty()) {
      widen(group, cost);
    }
  }
}

Normaliser Normaliser::fit(NormaliserKind kind,
                           const OutcomeTable& table,
                           std::span<const std::uint32_t> rows) {
  Normaliser fitted;
  if (kind == NormaliserKind::kNone || !table.has_costs()) {
    return fitted;
  }
  fitted.kind_ = kind;
  if (kind == NormaliserKind::kReference) {
    fitted.ranges_[""] = {0, reference_cost(table, rows)};
  } else if (kind == NormaliserKind::kDatasetMinMaxAll) {
    for (std::size_t row = 0; row < table.queries.size(); ++row) {
      fitted.widen_by_row(table, row);
    }
  } else {
    for (const std::uint32_t row : rows) {
      fitted.widen_by_row(table, row);
    }
  }
  fitted.ranges_.try_emplace("", Range{});
  return fitted;
}

base::Result<Normaliser> Normaliser::parse(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("name") || !document["name"].is_string() ||
      !document.contains("parameters") || !document["parameters"].is_object()) {
    return fail(Code::kInvalidArgument,
                "normaliser: expected {{\"name\": \"...\", \"parameters\": {{...}}}}");
  }
  Normaliser read;
  read.kind_ = TRY(parse_normaliser(document["name"].get<std::string>()));
  const json& parameters = document["parameters"];
  if (read.kind_ == NormaliserKind::kReference) {
    read.ranges_[""] = {0, TRY(cost_field(parameters, "c_ref"))};
  } else if (read.kind_ != NormaliserKind::kNone) {
    read.ranges_[""] = {TRY(cost_field(parameters, "min")), TRY(cost_field(parameters, "max"))};
  }
  if (is_grouped(read.kind_)) {
    const auto groups = parameters.find("groups");
    if (groups == parameters.end() || !groups->is_object()) {
      return fail(Code::kInvalidArgument, "normaliser: expected an object under 'groups'");
    }
    for (const auto& [group, range] : groups->items()) {
      if (group.empty() || !range.is_array() || range.size() != 2 || !is_cost(range[0]) ||
          !is_cost(range[1])) {
        return fail(Code::kInvalidArgument, "normaliser: group '{}': expected [min, max]", group);
      }
      read.ranges_[group] = {range[0].get<double>(), range[1].get<double>()};
    }
  }
  for (const auto& [group, range] : read.ranges_) {
    if (range.low > range.high) {
      return fail(Code::kInvalidArgument, "normaliser: group '{}': min is above max", group);
    }
  }
  return read;
}

std::string Normaliser::to_json() const {
  json parameters = json::object();
  if (kind_ == NormaliserKind::kReference) {
    parameters["c_ref"] = ranges_.find("")->second.high;
  } else if (kind_ != NormaliserKind::kNone) {
    parameters["min"] = ranges_.find("")->second.low;
    parameters["max"] = ranges_.find("")->second.high;
  }
  if (is_grouped(kind_)) {
    json groups = json::object();
    for (const auto& [group, range] : ranges_) {
      if (!group.empty()) {
        groups[group] = {range.low, range.high};
      }
    }
    parameters["groups"] = std::move(groups);
  }
  const json document = {{"name", normaliser_name(kind_)}, {"parameters", std::move(parameters)}};
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool Normaliser::invertible() const {
  return !is_grouped(kind_);
}

double Normaliser::normalise(double cost, std::string_view group) const {
  if (std::isnan(cost)) {
    return cost;
  }
  if (kind_ == NormaliserKind::kNone) {
    return 0;
  }
  auto range = ranges_.find(group);
  if (range == ranges_.end()) {
    range = ranges_.find("");
  }
  const double width = range->second.high - range->second.low;
  return width > 0 ? (cost - range->second.low) / width : 0;
}

double Normaliser::normalise_clamped(double cost, std::string_view group) const {
  const double normalised = normalise(cost, group);
  return std::isnan(normalised) ? normalised : std::clamp(normalised, 0.0, 1.0);
}

std::optional<double> Normaliser::invert(double normalised) const {
  if (kind_ == NormaliserKind::kNone || !invertible()) {
    return std::nullopt;
  }
  const Range& range = ranges_.find("")->second;
  return range.low + normalised * (range.high - range.low);
}

std::string Normaliser::group_of(const OutcomeTable& table, std::size_t row) const {
  if (kind_ == NormaliserKind::kDatasetMinMaxTrain || kind_ == NormaliserKind::kDatasetMinMaxAll) {
    return table.queries[row].dataset;
  }
  if (kind_ != NormaliserKind::kNodeMinMaxTrain || table.labels[row].empty()) {
    return {};
  }
  const auto& labels = table.labels[row];
  const auto heaviest =
      std::max_element(labels.begin(), labels.end(), [](const auto& a, const auto& b) {
        return a.weight < b.weight;
      });
  return table.taxonomy.nodes()[heaviest->node].id;
}

}  // namespace wend::data
