// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/option_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

#include "wend/base/suggest.h"

namespace wend::routers {
namespace {

using base::Code;
using nlohmann::ordered_json;

constexpr std::array<std::string_view, 2> kFlagNames = {"off", "on"};
constexpr std::string_view kAuto = "auto";

std::vector<std::string> strings(std::span<const std::string_view> names) {
  return {names.begin(), names.end()};
}

std::string joined(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    text += text.empty() ? "" : ", ";
    text += name;
  }
  return text;
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

bool within(double value, OptionBounds bounds) {
  return value >= bounds.low && value <= bounds.high;
}

/// Takes values from the SPEC; keeps the first fault.
class SpecReader final : public OptionFields {
 public:
  explicit SpecReader(const RouterSpec& spec) : spec_(spec) {}

  void number(std::string_view key, double& place, OptionBounds bounds) override {
    if (const std::string* typed = find(key)) {
      const std::optional<double> value = parse_number(*typed);
      if (value && within(*value, bounds)) {
        place = *value;
      } else {
        fault(key, *typed, fmt::format("a number from {} to {}", bounds.low, bounds.high), {});
      }
    }
  }

  void count(std::string_view key, std::size_t& place, OptionBounds bounds) override {
    if (const std::string* typed = find(key)) {
      const std::optional<double> value = parse_number(*typed);
      if (value && within(*value, bounds) && std::floor(*value) == *value) {
        place = static_cast<std::size_t>(*value);
      } else {
        fault(
            key, *typed, fmt::format("a whole number from {} to {}", bounds.low, bounds.high), {});
      }
    }
  }

  void text(std::string_view key, std::string& place) override {
    if (const std::string* typed = find(key)) {
      place = *typed;
    }
  }

  void number_or_auto(std::string_view key,
                      std::optional<double>& place,
                      OptionBounds bounds) override {
    const std::string* typed = find(key);
    if (typed == nullptr) {
      return;
    }
    const std::optional<double> value = parse_number(*typed);
    if (*typed == kAuto || (value && within(*value, bounds))) {
      place = value;
    } else {
      fault(
          key, *typed, fmt::format("auto or a number from {} to {}", bounds.low, bounds.high), {});
    }
  }

  base::Status finish() const {
    if (fault_) {
      return tl::unexpected<base::Error>(*fault_);
    }
    for (const auto& [key, value] : spec_.options) {
      if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
        std::vector<std::string_view> names(known_.begin(), known_.end());
        return base::fail(Code::kInvalidArgument,
                          "router '{}': option '{}' is unknown{}; expected one of {}",
                          spec_.text,
                          key,
                          base::did_you_mean(key, known_),
                          joined(names));
      }
    }
    return {};
  }

 protected:
  void one_of(std::string_view key,
              std::size_t& index,
              std::span<const std::string_view> names) override {
    if (const std::string* typed = find(key)) {
      const auto found = std::find(names.begin(), names.end(), *typed);
      if (found != names.end()) {
        index = static_cast<std::size_t>(found - names.begin());
      } else {
        fault(key, *typed, "one of " + joined(names), base::did_you_mean(*typed, strings(names)));
      }
    }
  }

 private:
  const std::string* find(std::string_view key) {
    known_.emplace_back(key);
    const auto found = spec_.options.find(key);
    return found == spec_.options.end() ? nullptr : &found->second;
  }

  void fault(std::string_view key,
             std::string_view typed,
             const std::string& expected,
             const std::string& suggestion) {
    if (!fault_) {
      fault_ = base::Error{Code::kInvalidArgument,
                           fmt::format("router '{}': option '{}' is '{}'{}; expected {}",
                                       spec_.text,
                                       key,
                                       typed,
                                       suggestion,
                                       expected),
                           {}};
    }
  }

  const RouterSpec& spec_;
  std::vector<std::string> known_;
  std::optional<base::Error> fault_;
};

class JsonWriter final : public OptionFields {
 public:
  void number(std::string_view key, double& place, OptionBounds) override {
    json_[std::string(key)] = place;
  }

  void count(std::string_view key, std::size_t& place, OptionBounds) override {
    json_[std::string(key)] = place;
  }

  void text(std::string_view key, std::string& place) override { json_[std::string(key)] = place; }

  void number_or_auto(std::string_view key, std::optional<double>& place, OptionBounds) override {
    json_[std::string(key)] = place ? ordered_json(*place) : ordered_json(std::string(kAuto));
  }

  std::string dump() const { return json_.dump(); }

 protected:
  void one_of(std::string_view key,
              std::size_t& index,
              std::span<const std::string_view> names) override {
    json_[std::string(key)] = std::string(names[index]);
  }

 private:
  ordered_json json_ = ordered_json::object();
};

/// Takes values from an artifact's config. What is absent or of another type is a fault: a config
/// we wrote has every field.
class JsonReader final : public OptionFields {
 public:
  explicit JsonReader(const ordered_json& json) : json_(json) {}

  void number(std::string_view key, double& place, OptionBounds bounds) override {
    const ordered_json value = json_.value(std::string(key), ordered_json());
    const bool good = value.is_number() && within(value.get<double>(), bounds);
    keep(key, good, [&] { place = value.get<double>(); });
  }

  void count(std::string_view key, std::size_t& place, OptionBounds bounds) override {
    const ordered_json value = json_.value(std::string(key), ordered_json());
    const bool good = value.is_number_unsigned() && within(value.get<double>(), bounds);
    keep(key, good, [&] { place = value.get<std::size_t>(); });
  }

  void text(std::string_view key, std::string& place) override {
    const ordered_json value = json_.value(std::string(key), ordered_json());
    keep(key, value.is_string(), [&] { place = value.get<std::string>(); });
  }

  void number_or_auto(std::string_view key,
                      std::optional<double>& place,
                      OptionBounds bounds) override {
    const ordered_json value = json_.value(std::string(key), ordered_json());
    const bool number = value.is_number() && within(value.get<double>(), bounds);
    keep(key, number || value == ordered_json(std::string(kAuto)), [&] {
      place = number ? std::optional(value.get<double>()) : std::nullopt;
    });
  }

  base::Status finish() const {
    if (faulty_key_.empty()) {
      return {};
    }
    return base::fail(Code::kDataLoss,
                      "the artifact's config has no usable '{}'; train the router again",
                      faulty_key_);
  }

 protected:
  void one_of(std::string_view key,
              std::size_t& index,
              std::span<const std::string_view> names) override {
    const ordered_json value = json_.value(std::string(key), ordered_json());
    const auto found = value.is_string()
                           ? std::find(names.begin(), names.end(), value.get<std::string>())
                           : names.end();
    keep(key, found != names.end(), [&] {
      index = static_cast<std::size_t>(found - names.begin());
    });
  }

 private:
  void keep(std::string_view key, bool good, const std::function<void()>& assign) {
    if (good) {
      assign();
    } else if (faulty_key_.empty()) {
      faulty_key_ = key;
    }
  }

  const ordered_json& json_;
  std::string faulty_key_;
};

}  // namespace

void OptionFields::flag(std::string_view key, bool& place) {
  std::size_t index = place ? 1 : 0;
  one_of(key, index, kFlagNames);
  place = index == 1;
}

base::Status read_spec_options(const RouterSpec& spec, const FieldsVisit& visit) {
  SpecReader reader(spec);
  visit(reader);
  return reader.finish();
}

std::string options_json(const FieldsVisit& visit) {
  JsonWriter writer;
  visit(writer);
  return writer.dump();
}

base::Status read_json_options(std::string_view json, const FieldsVisit& visit) {
  const ordered_json parsed = ordered_json::parse(json, nullptr, false);
  if (!parsed.is_object()) {
    return base::fail(Code::kDataLoss, "the artifact's config is no JSON object");
  }
  JsonReader reader(parsed);
  visit(reader);
  return reader.finish();
}

}  // namespace wend::routers
