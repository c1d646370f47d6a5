// SPDX-License-Identifier: Apache-2.0
// The options of a router SPEC, described once. A struct lists its fields in
// `fields(OptionFields&)`; from that list come reading the SPEC (with bounds and suggestions), the
// artifact's "config", and reading that back.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"
#include "wend/routers/spec.h"

namespace wend::routers {

/// Inclusive bounds of a number.
struct OptionBounds {
  double low = 0;
  double high = 1;
};

/// Walks the options of a struct.
class OptionFields {
 public:
  virtual ~OptionFields() = default;

  virtual void number(std::string_view key, double& place, OptionBounds bounds) = 0;
  virtual void count(std::string_view key, std::size_t& place, OptionBounds bounds) = 0;
  virtual void text(std::string_view key, std::string& place) = 0;
  /// A number, or the word "auto", which is nothing: the training chooses.
  virtual void number_or_auto(std::string_view key,
                              std::optional<double>& place,
                              OptionBounds bounds) = 0;

  /// An enumeration whose values are the positions of its names.
  template <class Enum>
  void choice(std::string_view key, Enum& place, std::span<const std::string_view> names) {
    auto index = static_cast<std::size_t>(place);
    one_of(key, index, names);
    place = static_cast<Enum>(index);
  }

  /// "on" or "off".
  void flag(std::string_view key, bool& place);

 protected:
  virtual void one_of(std::string_view key,
                      std::size_t& index,
                      std::span<const std::string_view> names) = 0;
};

using FieldsVisit = std::function<void(OptionFields&)>;

/// Sets the fields that the SPEC names. Unknown keys, wrong words and numbers out of bounds are
/// errors that name the router, the option, what was expected and, for a misspelt name, what was
/// probably meant.
base::Status read_spec_options(const RouterSpec& spec, const FieldsVisit& visit);

/// Every field with its value, a JSON object.
std::string options_json(const FieldsVisit& visit);

/// Sets the fields from an artifact's config; keys that are not fields are left alone. `json` must
/// be an object.
base::Status read_json_options(std::string_view json, const FieldsVisit& visit);

}  // namespace wend::routers
