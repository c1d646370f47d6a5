// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/taxonomy_yields.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "wend/base/text_table.h"

namespace wend::cli {
namespace {

std::string short_leaf(const trips::ShownLeaf& leaf) {
  return fmt::format(
      "  {} has {} of {} ({} said what its others say, {} what other leaves say{})\n",
      leaf.task_id,
      leaf.have,
      leaf.want,
      leaf.duplicates,
      leaf.duplicates_across,
      leaf.failures.empty() ? std::string()
                            : fmt::format("; {} batches without a reply to use: {}",
                                          leaf.failures.size(),
                                          leaf.failures.back()));
}

}  // namespace

nlohmann::ordered_json yields_to_json(const std::vector<trips::ShownLeaf>& leaves) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const trips::ShownLeaf& leaf : leaves) {
    list.push_back({{"task_id", leaf.task_id},
                    {"want", leaf.want},
                    {"have", leaf.have},
                    {"duplicates", leaf.duplicates},
                    {"duplicates_across", leaf.duplicates_across},
                    {"yields", leaf.yields},
                    {"failures", leaf.failures}});
  }
  return list;
}

std::string yields_text(const std::vector<trips::ShownLeaf>& leaves) {
  base::TextTable table({{"batch"}, {"leaves"}, {"new questions each"}});
  const std::vector<trips::BatchYield> batches = trips::batch_yields(leaves);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    table.add_row({std::to_string(i + 1),
                   std::to_string(batches[i].leaves),
                   fmt::format("{:.2f}", batches[i].mean)});
  }
  std::string text = batches.empty() ? std::string() : fmt::format("\n{}", table.render());
  for (const trips::ShownLeaf& leaf : leaves) {
    text += leaf.have < leaf.want ? short_leaf(leaf) : "";
  }
  return text;
}

}  // namespace wend::cli
