// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "wend/store/key_hints.h"
#include "wend/store/row_parsers.h"

namespace wend::store {

/// One line as a JSON object whose keys are taken out one by one, each with the type and range it
/// must have. What is left at the end is the row's own business: extra(). The first fault sticks
/// and later takes give empty values, so that a parser reads straight down and asks once, at the
/// end.
class JsonRow {
 public:
  /// `hints` may be null.
  JsonRow(std::string_view line, KeyHints* hints);
  ~JsonRow();
  JsonRow(const JsonRow&) = delete;
  JsonRow& operator=(const JsonRow&) = delete;

  /// A string that must be there and hold something.
  std::string required_text(const char* key);
  /// A string that must be there and may be empty.
  std::string present_text(const char* key);
  /// A string, or empty where the key is absent or null.
  std::string optional_text(const char* key);
  /// The same, and any other value as its JSON.
  std::string optional_text_or_json(const char* key);

  /// What a number of money, seconds or billions may be at most: far above anything real, far below
  /// where sums overflow.
  static constexpr double kLargest = 1e15;

  /// A number from 0 to `high`; nothing where the key is absent or null.
  std::optional<double> optional_number(const char* key, double high = kLargest);
  /// A whole number that fits 32 bits; nothing where the key is absent or null.
  std::optional<std::uint32_t> optional_count(const char* key);

  bool has(const char* key) const;
  bool is_null(const char* key) const;

  /// The keys that were not taken, as a JSON object; "" where there is none.
  std::string extra() const;

  void refuse(std::string reason, std::string detail);
  /// The fault of a key that must be there; names the key that was probably meant for it.
  void refuse_missing(const char* key, const char* expected);

  bool ok() const { return !fault_; }

  RowFault fault() const { return *fault_; }

  /// The row that was made, with hints at its keys that nobody took, or the fault that was found on
  /// the way.
  template <class T>
  RowResult<T> result(T row) const {
    hint();
    return fault_ ? RowResult<T>(tl::unexpected(*fault_)) : RowResult<T>(std::move(row));
  }

 private:
  void hint() const;
  /// Takes the value out; null where it is absent, null, or the row is bad already.
  const nlohmann::json* take(const char* key);
  void refuse_type(const char* key, const char* found, const char* expected);

  std::unique_ptr<nlohmann::json> object_;
  KeyHints* hints_;
  std::vector<std::string_view> taken_;
  std::optional<RowFault> fault_;
};

}  // namespace wend::store
