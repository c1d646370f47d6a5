// SPDX-License-Identifier: Apache-2.0
// Every field goes into the hash after its length, every number as its own bytes (little-endian on
// all our machines), so that no two tables share a stream. All NaN are one: missing is missing,
// whatever its payload.
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "wend/base/hash.h"
#include "wend/data/outcome_table.h"

namespace wend::data {
namespace {

class ContentHash {
 public:
  ContentHash& add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    hash_.update(text);
    return *this;
  }

  ContentHash& add(std::uint64_t number) { return add_bytes(number); }

  ContentHash& add(double number) {
    return add_bytes(std::isnan(number) ? std::numeric_limits<double>::quiet_NaN() : number);
  }

  ContentHash& add(const std::optional<double>& number) {
    return add(number.value_or(std::numeric_limits<double>::quiet_NaN()));
  }

  std::string finish() { return base::to_hex(hash_.finish()); }

 private:
  template <class T>
  ContentHash& add_bytes(T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    hash_.update({bytes, sizeof bytes});
    return *this;
  }

  base::Sha256 hash_;
};

void add_models(const OutcomeTable& table, ContentHash& hash) {
  hash.add(std::uint64_t{table.models.size()});
  for (const core::ModelCard& model : table.models) {
    hash.add(model.id)
        .add(model.params_b)
        .add(model.input_price_per_mtok)
        .add(model.output_price_per_mtok);
  }
}

template <class Matrix>
void add_cells(const Matrix& matrix, std::size_t row, ContentHash& hash) {
  if (matrix.empty()) {
    hash.add(std::uint64_t{0});
    return;
  }
  hash.add(std::uint64_t{matrix.columns()});
  for (const auto value : matrix.row(row)) {
    hash.add(static_cast<double>(value));
  }
}

void add_row(const OutcomeTable& table, std::size_t row, ContentHash& hash) {
  const core::QueryRecord& query = table.queries[row];
  hash.add(query.dataset).add(query.context).add(query.prompt);
  add_cells(table.quality, row, hash);
  add_cells(table.cost, row, hash);
  add_cells(table.latency_s, row, hash);
  add_cells(table.input_tokens, row, hash);
  add_cells(table.output_tokens, row, hash);
  hash.add(std::uint64_t{table.labels[row].size()});
  for (const core::TaskLabel& label : table.labels[row]) {
    hash.add(std::uint64_t{label.node}).add(static_cast<double>(label.weight));
  }
}

}  // namespace

std::string content_sha256(const OutcomeTable& table, const std::vector<std::uint32_t>& rows) {
  ContentHash hash;
  add_models(table, hash);
  hash.add(table.taxonomy.to_json());
  hash.add(std::uint64_t{rows.size()});
  for (const std::uint32_t row : rows) {
    add_row(table, row, hash);
  }
  return hash.finish();
}

}  // namespace wend::data
