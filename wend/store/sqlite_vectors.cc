// SPDX-License-Identifier: Apache-2.0
// A vector is stored as its floats, little-endian, one after another: what the processor holds, so
// that reading is copying.
#include "wend/store/sqlite_vectors.h"

#include <bit>
#include <cstring>

#include "wend/base/check.h"

namespace wend::store {
namespace {

using base::Code;
using base::fail;

static_assert(std::endian::native == std::endian::little);

base::Status copy_row(std::string_view bytes,
                      std::size_t row,
                      std::size_t rows,
                      base::Matrix& vectors,
                      const std::string& path) {
  if (vectors.empty()) {
    vectors = base::Matrix(rows, bytes.size() / sizeof(float));
  }
  if (bytes.empty() || bytes.size() != vectors.columns() * sizeof(float)) {
    return fail(Code::kDataLoss,
                "store '{}': a cached vector has {} bytes, expected {}",
                path,
                bytes.size(),
                vectors.columns() * sizeof(float));
  }
  std::memcpy(vectors.row(row).data(), bytes.data(), bytes.size());
  return {};
}

base::Result<std::int64_t> encoder_key(Database& database, std::string_view version) {
  Statement insert = TRY(database.prepare("INSERT OR IGNORE INTO encoders (version) VALUES (?)"));
  TRY(insert.run(version));
  return TRY(database.number("SELECT key FROM encoders WHERE version = ?", version)).value_or(0);
}

}  // namespace

base::Result<Store::CachedVectors> find_vectors(Database& database,
                                                std::string_view encoder_version,
                                                const std::vector<std::string>& text_hashes) {
  Store::CachedVectors cached;
  cached.found.assign(text_hashes.size(), false);
  const auto encoder =
      TRY(database.number("SELECT key FROM encoders WHERE version = ?", encoder_version));
  if (!encoder) {
    return cached;
  }
  Statement select =
      TRY(database.prepare("SELECT vector FROM vectors WHERE encoder = ? AND text_hash = ?"));
  for (std::size_t i = 0; i < text_hashes.size(); ++i) {
    select.bind(*encoder, text_hashes[i]);
    if (TRY(select.next())) {
      TRY(copy_row(select.bytes(0), i, text_hashes.size(), cached.vectors, database.path()));
      cached.found[i] = true;
    }
  }
  return cached;
}

base::Status put_vectors(Database& database,
                         std::string_view encoder_version,
                         const std::vector<std::string>& text_hashes,
                         const base::Matrix& vectors) {
  CHECK(vectors.rows() == text_hashes.size(),
        "{} vectors for {} texts",
        vectors.rows(),
        text_hashes.size());
  const std::int64_t encoder = TRY(encoder_key(database, encoder_version));
  Statement put = TRY(database.prepare("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)"));
  for (std::size_t i = 0; i < text_hashes.size(); ++i) {
    const auto row = vectors.row(i);
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(row.data());
    TRY(put.run(encoder, text_hashes[i], std::span(bytes, row.size() * sizeof(float))));
  }
  return {};
}

}  // namespace wend::store
