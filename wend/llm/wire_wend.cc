// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/wire_wend.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "wend/base/suggest.h"

namespace wend::llm {
namespace {

using Value = BodyWalk::Value;

class WendReader {
 public:
  WendReader(BodyWalk& walk, WendBlock& block) : walk_(walk), block_(block) {}

  bool read(Value value);

 private:
  using Read = bool (WendReader::*)(Value, Kind);

  struct Field {
    const char* name;
    Read read;
  };

  static const std::array<Field, 3> kFields;

  bool read_member(BodyWalk::Member& member);
  bool read_preference(Value value, Kind kind);
  bool read_models(Value value, Kind kind);
  bool read_max_cost(Value value, Kind kind);
  bool refuse_unknown(std::string_view key);

  BodyWalk& walk_;
  WendBlock& block_;
  std::array<bool, 3> seen_ = {};
};

const std::array<WendReader::Field, 3> WendReader::kFields = {{
    {"preference", &WendReader::read_preference},
    {"models", &WendReader::read_models},
    {"max_cost", &WendReader::read_max_cost},
}};

bool WendReader::read(Value value) {
  const std::optional<Kind> kind = walk_.kind(value);
  if (!kind) {
    return false;
  }
  if (*kind == Kind::kNull) {
    return walk_.skip(value);
  }
  if (*kind != Kind::kObject) {
    return walk_.refuse_type("wend", "an object", *kind);
  }
  return walk_.members(value, [this](BodyWalk::Member& member) { return read_member(member); });
}

bool WendReader::refuse_unknown(std::string_view key) {
  std::vector<std::string> names;
  names.reserve(kFields.size());
  for (const Field& field : kFields) {
    names.emplace_back(field.name);
  }
  const std::string shown = shortened(key);
  return walk_.refuse(fmt::format("wend.{}", shown),
                      "unknown_parameter",
                      "'wend' has no key '{}'{}; it takes preference, models and max_cost.",
                      shown,
                      base::did_you_mean(shown, names));
}

bool WendReader::read_member(BodyWalk::Member& member) {
  const auto field = std::ranges::find(kFields, member.key, &Field::name);
  if (field == kFields.end()) {
    return refuse_unknown(member.key);
  }
  bool& seen = seen_.at(static_cast<std::size_t>(field - kFields.begin()));
  if (std::exchange(seen, true)) {
    return walk_.refuse(fmt::format("wend.{}", field->name),
                        "duplicate_parameter",
                        "'wend.{}' stands twice; leave one out.",
                        field->name);
  }
  const std::optional<Kind> kind = walk_.kind(member.value);
  if (!kind) {
    return false;
  }
  return *kind == Kind::kNull ? walk_.skip(member.value)
                              : (this->*field->read)(member.value, *kind);
}

bool WendReader::read_preference(Value value, Kind kind) {
  std::string text;
  if (kind == Kind::kNumber) {
    text = walk_.token(value);
    if (!walk_.skip(value)) {
      return false;
    }
  } else if (kind != Kind::kText) {
    return walk_.refuse_type("wend.preference", "a number from 0 to 1 or a name", kind);
  } else if (!walk_.text(value, &text)) {
    return false;
  }
  const auto preference = core::parse_preference(shortened(text));
  if (!preference) {
    return walk_.refuse(
        "wend.preference", "invalid_value", "'wend': {}.", preference.error().message);
  }
  block_.preference = *preference;
  return true;
}

bool WendReader::read_models(Value value, Kind kind) {
  if (kind != Kind::kList) {
    return walk_.refuse_type("wend.models", "a list of model names", kind);
  }
  const bool fine = walk_.elements(value, [this](Value& element) {
    const std::string path = fmt::format("wend.models[{}]", block_.models.size());
    const std::optional<Kind> found = walk_.kind(element);
    if (found && *found != Kind::kText) {
      return walk_.refuse_type(path, "a text, with * for anything", *found);
    }
    std::string& pattern = block_.models.emplace_back();
    if (!found || !walk_.text(element, &pattern)) {
      return false;
    }
    return !pattern.empty() ||
           walk_.refuse(
               path, "invalid_value", "'{}': expected a model name, found an empty text.", path);
  });
  return fine && (!block_.models.empty() ||
                  walk_.refuse("wend.models",
                               "empty_array",
                               "'wend.models': expected at least one model, found none."));
}

bool WendReader::read_max_cost(Value value, Kind kind) {
  if (kind != Kind::kNumber) {
    return walk_.refuse_type("wend.max_cost", "a number", kind);
  }
  const std::string_view number = walk_.token(value);
  if (!walk_.skip(value)) {
    return false;
  }
  double cost = 0;
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), cost);
  if (error != std::errc{} || cost < 0) {
    return walk_.refuse("wend.max_cost",
                        "invalid_value",
                        "'wend.max_cost': expected a number from 0 on, found {}.",
                        shortened(number));
  }
  block_.max_cost = cost;
  return true;
}

}  // namespace

bool read_wend_block(BodyWalk& walk, Value value, WendBlock& block) {
  return WendReader(walk, block).read(value);
}

}  // namespace wend::llm
