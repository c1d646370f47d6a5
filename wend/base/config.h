// SPDX-License-Identifier: Apache-2.0
// Configuration described once. A struct lists its fields in `fields(ConfigVisitor&)`: name, place,
// one sentence, bounds. From that one list come parsing, bounds, unknown-key errors with a
// suggestion, `wend config`, `--effective` and docs/config.md.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wend/base/result.h"

namespace wend::base {

struct ConfigEntry;

/// A parsed configuration: YAML without its types. Scalars keep their text; every node knows where
/// it came from.
struct ConfigNode {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  std::string scalar;
  std::vector<ConfigNode> items;
  std::vector<ConfigEntry> entries;
  Place place;  ///< Without a file: it stood in a --set.

  /// "wend.yaml:3" or "--set".
  std::string source() const;
  const ConfigNode* find(std::string_view key) const;
};

/// One `key: value` of a map. Not a std::pair: clang 14 wants to know whether one of an unfinished
/// type can be constructed.
struct ConfigEntry {
  std::string key;
  ConfigNode value;
};

/// Parses YAML text; `file` names it in errors. Duplicate keys, non-text keys and nesting beyond 32
/// levels are errors with a line.
Result<ConfigNode> parse_config(std::string_view yaml, const std::string& file);

/// Applies one `a.b=c` to the tree; the value is read as YAML, so lists and numbers work. List
/// items are addressed by position: models.0.id=x. A name with dots stands in quotation marks:
/// upstreams."a.b".base_url=x.
Status apply_override(ConfigNode& root, std::string_view assignment);

/// A name as one step of a key: in quotation marks where it would be read as several.
std::string key_step(std::string_view name);

/// The error of a value that is wrong in a way its field cannot tell: "SOURCE: KEY: message", at
/// the place of `key` ("models.0.upstream"), or of what is there on the way to it.
Error config_fault(const ConfigNode& root, std::string_view key, std::string_view message);

/// Inclusive bounds of a number.
struct Bounds {
  double low = std::numeric_limits<double>::lowest();
  double high = std::numeric_limits<double>::max();
};

/// One scalar (or list of scalars) as every visitor sees it.
struct ConfigField {
  const char* name;
  const char* doc;
  std::string expectation;  ///< "a number from 0 to 1": ends the sentence "expected ...".
  std::function<std::string()> show;
  std::function<bool(const ConfigNode&)> read;  ///< False where the node is not what was expected.
};

/// Walks the fields of a configuration struct. Implementations read, print, or list.
class ConfigVisitor {
 public:
  virtual ~ConfigVisitor() = default;

  void value(const char* name, std::string& place, const char* doc);
  void value(const char* name, bool& place, const char* doc);
  void value(const char* name, double& place, const char* doc, Bounds bounds = {});
  void value(const char* name, std::int64_t& place, const char* doc, Bounds bounds = {});
  void value(const char* name, std::optional<double>& place, const char* doc, Bounds bounds = {});
  void value(const char* name,
             std::optional<std::int64_t>& place,
             const char* doc,
             Bounds bounds = {});
  void value(const char* name, std::optional<std::vector<std::string>>& place, const char* doc);

  /// A nested struct with fields().
  template <class Section>
  void section(const char* name, Section& place, const char* doc) {
    if (enter(name, doc)) {
      place.fields(*this);
      leave();
    }
  }

  /// A list of structs with fields().
  template <class Section>
  void sections(const char* name, std::vector<Section>& place, const char* doc) {
    list(name, doc, [&place](ConfigVisitor& visitor, const std::string*) {
      place.emplace_back();
      place.back().fields(visitor);
    });
  }

  /// A map from names of the user's own to structs with fields().
  template <class Section>
  void named_sections(const char* name, std::map<std::string, Section>& place, const char* doc) {
    map(name, doc, [&place](ConfigVisitor& visitor, const std::string* key) {
      place[*key].fields(visitor);
    });
  }

 protected:
  using Item = std::function<void(ConfigVisitor&, const std::string* key)>;

  virtual void scalar(const ConfigField& field) = 0;
  /// Whether the section's fields are to be visited; each true is followed by leave().
  virtual bool enter(const char* name, const char* doc) = 0;
  virtual void leave() = 0;
  virtual void list(const char* name, const char* doc, const Item& item) = 0;
  virtual void map(const char* name, const char* doc, const Item& item) = 0;
};

/// Where each key's value came from, as `wend config --effective` prints it.
struct EffectiveValue {
  std::string key;
  std::string value;
  std::string source;  ///< "default", "wend.yaml:3", "--set".
};

/// Fills a struct from a tree. The first fault ends it: unknown key (with a suggestion), wrong
/// type, out of bounds; the error carries file and line. `effective` may be null.
Status read_config(const ConfigNode& root,
                   const std::function<void(ConfigVisitor&)>& fields,
                   std::vector<EffectiveValue>* effective);

/// One documented key with its default.
struct ConfigKey {
  std::string key;  ///< "models[].price.input"; "upstreams.NAME.base_url".
  std::string default_value;
  std::string doc;
  bool is_section = false;
};

/// Every key of a configuration struct in order.
std::vector<ConfigKey> list_config_keys(const std::function<void(ConfigVisitor&)>& fields);

}  // namespace wend::base
