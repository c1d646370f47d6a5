// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/label_queries.h"

#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/compression.h"
#include "wend/base/hash.h"
#include "wend/base/json_object.h"
#include "wend/store/row_parsers.h"

namespace wend::trips {
namespace {

using base::Code;
using base::fail_at;
using nlohmann::json;

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// An id of the row's own text.
std::string id_of(const json& row) {
  constexpr std::size_t kDigits = 16;
  base::Sha256 hash;
  for (const char* key : {"context", "prompt", "reference", "metric"}) {
    hash.update(text_at(row, key)).update(std::string_view("\0", 1));
  }
  return base::to_hex(hash.finish()).substr(0, kDigits);
}

/// The row with what it may leave out.
std::string completed(json row, const std::string& name) {
  if (!row.contains("id")) {
    row["id"] = id_of(row);
  }
  for (const char* key : {"dataset", "task"}) {
    if (!row.contains(key)) {
      row[key] = name;
    }
  }
  return row.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

base::Result<data::Dataset> read_label_queries(const std::string& path, const std::string& name) {
  data::Dataset dataset;
  dataset.name = name;
  std::map<std::string, std::size_t> lines;
  TRY(base::for_each_line(path, [&](std::string_view line, std::size_t number) -> base::Status {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
      return {};
    }
    auto object = base::parse_json_object(line);
    if (!object) {
      return fail_at(
          {path, number}, Code::kDataLoss, "{}:{}: {}", path, number, object.error().sentence);
    }
    auto query = store::parse_query_row(completed(*std::move(object), name));
    if (!query) {
      return fail_at(
          {path, number}, Code::kDataLoss, "{}:{}: {}", path, number, query.error().detail);
    }
    const auto [first, is_new] = lines.emplace(query->id, number);
    if (!is_new) {
      return fail_at(
          {path, number},
          Code::kDataLoss,
          "{}:{}: the same query as line {}; give each an id of its own or leave one out",
          path,
          number,
          first->second);
    }
    dataset.queries.push_back(*std::move(query));
    return {};
  }));
  if (dataset.queries.empty()) {
    return fail_at({path}, Code::kFailedPrecondition, "'{}': no query in it", path);
  }
  data::order_by_ids(dataset);
  return dataset;
}

}  // namespace wend::trips
