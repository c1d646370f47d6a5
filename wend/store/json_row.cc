// SPDX-License-Identifier: Apache-2.0
#include "wend/store/json_row.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "wend/base/json_object.h"
#include "wend/base/suggest.h"

namespace wend::store {

using nlohmann::json;

JsonRow::JsonRow(std::string_view line, KeyHints* hints)
    : object_(std::make_unique<json>()), hints_(hints) {
  auto object = base::parse_json_object(line);
  if (object) {
    *object_ = *std::move(object);
  } else {
    refuse(object.error().reason, object.error().sentence);
  }
}

JsonRow::~JsonRow() = default;

void JsonRow::refuse(std::string reason, std::string detail) {
  if (!fault_) {
    fault_ = RowFault{std::move(reason), std::move(detail)};
  }
}

void JsonRow::refuse_type(const char* key, const char* found, const char* expected) {
  refuse(fmt::format("wrong type of '{}'", key),
         fmt::format("'{}' is a {}, expected {}", key, found, expected));
}

void JsonRow::refuse_missing(const char* key, const char* expected) {
  if (!ok()) {
    return;
  }
  std::vector<std::string> keys;
  for (const auto& [name, value] : object_->items()) {
    keys.push_back(name);
  }
  refuse(fmt::format("missing key '{}'", key),
         fmt::format("missing key '{}', expected {}{}",
                     key,
                     expected,
                     has(key) ? "" : base::did_you_mean_it_by(key, keys)));
}

const json* JsonRow::take(const char* key) {
  if (!ok()) {
    return nullptr;
  }
  taken_.emplace_back(key);
  const auto found = object_->find(key);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

bool JsonRow::has(const char* key) const {
  return ok() && object_->contains(key);
}

bool JsonRow::is_null(const char* key) const {
  return has(key) && (*object_)[key].is_null();
}

std::string JsonRow::present_text(const char* key) {
  const json* const value = take(key);
  if (value == nullptr) {
    refuse_missing(key, "a string");
    return {};
  }
  if (!value->is_string()) {
    refuse_type(key, value->type_name(), "a string");
    return {};
  }
  return value->get<std::string>();
}

std::string JsonRow::required_text(const char* key) {
  std::string text = present_text(key);
  if (text.empty()) {
    refuse(fmt::format("empty '{}'", key), fmt::format("'{}' is empty", key));
  }
  return text;
}

std::string JsonRow::optional_text(const char* key) {
  const json* const value = take(key);
  if (value == nullptr) {
    return {};
  }
  if (!value->is_string()) {
    refuse_type(key, value->type_name(), "a string or null");
    return {};
  }
  return value->get<std::string>();
}

std::string JsonRow::optional_text_or_json(const char* key) {
  const json* const value = take(key);
  if (value == nullptr) {
    return {};
  }
  return value->is_string() ? value->get<std::string>() : value->dump();
}

std::optional<double> JsonRow::optional_number(const char* key, double high) {
  const json* const value = take(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_number()) {
    refuse_type(key, value->type_name(), "a number or null");
    return std::nullopt;
  }
  const auto number = value->get<double>();
  if (number >= 0 && number <= high) {
    return number + 0.0;  // -0 becomes 0.
  }
  if (number < 0 && high == kLargest) {
    refuse(fmt::format("'{}' is negative", key),
           fmt::format("'{}' is {}, expected 0 or more", key, number));
  } else {
    refuse(fmt::format("'{}' outside [0, {}]", key, high),
           fmt::format("'{}' is {}, expected a number from 0 to {}", key, number, high));
  }
  return std::nullopt;
}

std::optional<std::uint32_t> JsonRow::optional_count(const char* key) {
  const auto number = optional_number(key, std::numeric_limits<std::uint32_t>::max());
  if (number && *number != std::floor(*number)) {
    refuse(fmt::format("'{}' is no whole number", key),
           fmt::format("'{}' is {}, expected a whole number", key, *number));
    return std::nullopt;
  }
  return number ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
}

void JsonRow::hint() const {
  if (hints_ == nullptr || !ok()) {
    return;
  }
  for (const auto& [key, value] : object_->items()) {
    if (std::find(taken_.begin(), taken_.end(), key) != taken_.end()) {
      continue;
    }
    const std::string& meant = hints_->nearest(key, taken_);
    if (!meant.empty() && !object_->contains(meant)) {
      hints_->add(key, meant);
    }
  }
}

std::string JsonRow::extra() const {
  json rest = json::object();
  for (const auto& [key, value] : object_->items()) {
    if (std::find(taken_.begin(), taken_.end(), key) == taken_.end()) {
      rest[key] = value;
    }
  }
  return rest.empty() ? std::string() : rest.dump();
}

}  // namespace wend::store
