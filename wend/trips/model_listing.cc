// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/model_listing.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace wend::trips {
namespace {

std::string description_of(const core::ModelCard& card, const ModelConfig* config) {
  if (config != nullptr && !config->description.empty()) {
    return config->description;
  }
  const nlohmann::json extra = nlohmann::json::parse(card.extra_json, nullptr, false);
  const bool has_one =
      extra.is_object() && extra.contains("description") && extra["description"].is_string();
  return has_one ? extra["description"].get<std::string>() : std::string();
}

/// A list is one line a model.
std::string on_one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return text;
}

std::string card_words(const core::ModelCard& card, const Config& config) {
  const auto configured = std::ranges::find(config.models, card.id, &ModelConfig::id);
  const ModelConfig* const own = configured == config.models.end() ? nullptr : &*configured;
  std::optional<double> input = own != nullptr ? own->price.input : std::nullopt;
  std::optional<double> output = own != nullptr ? own->price.output : std::nullopt;
  input = input ? input : card.input_price_per_mtok;
  output = output ? output : card.output_price_per_mtok;
  std::string words;
  if (input && output) {
    words += fmt::format("; {:.4g} {} per million input tokens, {:.4g} per million output tokens",
                         *input,
                         config.currency,
                         *output);
  }
  if (card.params_b) {
    words += fmt::format("; {:.4g} billion parameters", *card.params_b);
  }
  const std::string description = on_one_line(description_of(card, own));
  return words + (description.empty() ? "" : "; " + description);
}

/// The mean of a model's known cells; NaN where there is none.
template <class Cells>
double mean_of(const Cells& cells, std::span<const std::uint32_t> rows, std::size_t model) {
  double sum = 0;
  std::size_t count = 0;
  for (const std::uint32_t row : rows) {
    if (const auto cell = static_cast<double>(cells(row, model)); !std::isnan(cell)) {
      sum += cell;
      ++count;
    }
  }
  return count == 0 ? std::nan("") : sum / static_cast<double>(count);
}

std::string means_words(const std::string& id,
                        const std::string& currency,
                        const data::OutcomeTable& known,
                        std::span<const std::uint32_t> train) {
  const auto model = std::ranges::find(known.models, id, &core::ModelCard::id);
  if (model == known.models.end()) {
    return {};
  }
  const auto column = static_cast<std::size_t>(model - known.models.begin());
  std::string words;
  if (const double quality = mean_of(known.quality, train, column); !std::isnan(quality)) {
    words += fmt::format("; mean quality on other requests {:.3f}", quality);
  }
  if (!known.has_costs()) {
    return words;
  }
  if (const double cost = mean_of(known.cost, train, column); !std::isnan(cost)) {
    words += fmt::format("; mean cost {:.4g} {}", cost, currency);
  }
  return words;
}

template <class Means>
std::string listing(const data::OutcomeTable& table, const Config& config, const Means& means) {
  std::string text;
  for (const core::ModelCard& card : table.models) {
    text += fmt::format(
        "{}- {}{}{}", text.empty() ? "" : "\n", card.id, card_words(card, config), means(card.id));
  }
  return text;
}

}  // namespace

std::string model_listing(const data::OutcomeTable& table, const Config& config) {
  return listing(table, config, [](const std::string&) { return std::string(); });
}

std::string model_listing(const data::OutcomeTable& table,
                          const Config& config,
                          const data::OutcomeTable& known,
                          std::span<const std::uint32_t> train) {
  return listing(table, config, [&](const std::string& id) {
    return means_words(id, config.currency, known, train);
  });
}

}  // namespace wend::trips
