// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/taxonomy_changes.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/text_table.h"

namespace wend::cli {

using Json = nlohmann::ordered_json;

namespace {

/// A JSON text without its quotes, a number as it is.
std::string plain(const std::string& json) {
  const Json value = Json::parse(json);
  return value.is_string() ? value.get<std::string>() : json;
}

}  // namespace

Json changes_json(const std::vector<trips::TableChange>& changes) {
  Json list = Json::array();
  for (const trips::TableChange& change : changes) {
    list.push_back({{"task_id", change.task_id},
                    {"model", change.model.empty() ? Json() : Json(change.model)},
                    {"metric", change.metric},
                    {"from", Json::parse(change.from)},
                    {"to", Json::parse(change.to)}});
  }
  return list;
}

std::string changes_table(const std::vector<trips::TableChange>& changes) {
  base::TextTable table({{"task type", base::Align::kLeft, 60},
                         {"model", base::Align::kLeft, 34},
                         {"", base::Align::kLeft},
                         {"from"},
                         {"to"}});
  for (const trips::TableChange& change : changes) {
    table.add_row(
        {change.task_id, change.model, change.metric, plain(change.from), plain(change.to)});
  }
  return table.render();
}

void print_changes(const trips::Upkept& upkept, const std::string& out) {
  fmt::print("{}{}: {}\n", changes_table(upkept.changed), out, upkept.id);
}

}  // namespace wend::cli
