// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/model_listing.h"

#include <array>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace wend::trips {
namespace {

data::OutcomeTable table_of(const std::vector<core::ModelCard>& models) {
  data::OutcomeTable table;
  table.models = models;
  return table;
}

TEST(ModelListing, SaysWhatIsKnownAndNothingElse) {
  const data::OutcomeTable table =
      table_of({{"bare", {}, {}, {}},
                {"card", 7.5, 0.25, 1, R"({"description":"from\nthe card"})"},
                {"half", {}, 0.25, {}, R"({"description":3})"}});
  Config config;
  config.currency = "EUR";
  EXPECT_EQ(model_listing(table, config),
            "- bare\n"
            "- card; 0.25 EUR per million input tokens, 1 per million output tokens; 7.5 billion "
            "parameters; from the card\n"
            "- half");
}

TEST(ModelListing, HasTheConfigurationFirst) {
  const data::OutcomeTable table =
      table_of({{"card", {}, 0.25, 1, R"({"description":"of the card"})"}});
  Config config;
  ModelConfig own;
  own.id = "card";
  own.price.output = 2;
  own.description = "my own";
  config.models.push_back(own);
  EXPECT_EQ(model_listing(table, config),
            "- card; 0.25 USD per million input tokens, 2 per million output tokens; my own");
}

TEST(ModelListing, TellsMeansOfTheTrainRowsAlone) {
  const float missing = std::numeric_limits<float>::quiet_NaN();
  const data::OutcomeTable table = table_of({{"a", {}, {}, {}}, {"b", {}, {}, {}}});
  data::OutcomeTable known = table_of({{"b", {}, {}, {}}, {"a", {}, {}, {}}});
  known.quality = base::Matrix(3, 2);
  known.cost = base::BasicMatrix<double>(3, 2);
  const std::array<std::array<float, 2>, 3> quality = {{{0.5F, 1}, {missing, 0}, {0.1F, 0.3F}}};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t model = 0; model < 2; ++model) {
      known.quality(row, model) = quality[row][model];
      known.cost(row, model) = 0.001 * static_cast<double>(row + model);
    }
  }
  const std::vector<std::uint32_t> train = {0, 1};
  EXPECT_EQ(model_listing(table, {}, known, train),
            "- a; mean quality on other requests 0.500; mean cost 0.0015 USD\n"
            "- b; mean quality on other requests 0.500; mean cost 0.0005 USD");
  known.cost = {};
  EXPECT_EQ(model_listing(table, {}, known, train),
            "- a; mean quality on other requests 0.500\n- b; mean quality on other requests 0.500");
}

}  // namespace
}  // namespace wend::trips
