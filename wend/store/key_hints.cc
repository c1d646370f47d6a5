// SPDX-License-Identifier: Apache-2.0
#include "wend/store/key_hints.h"

#include <fmt/format.h>

#include "wend/base/suggest.h"

namespace wend::store {

std::string KeyHint::sentence() const {
  return fmt::format("{}:{}: the key '{}' ({} row{}) is kept but not read; did you mean '{}'?",
                     first.file,
                     first.line,
                     key,
                     rows,
                     rows == 1 ? "" : "s",
                     meant);
}

const std::string& KeyHints::nearest(std::string_view key,
                                     const std::vector<std::string_view>& known) {
  static const std::string kNone;
  const auto remembered = nearest_.find(key);
  if (remembered != nearest_.end()) {
    return remembered->second;
  }
  if (nearest_.size() == kRemembered) {
    return kNone;
  }
  const std::vector<std::string> names(known.begin(), known.end());
  return nearest_.emplace(key, base::nearest_name(key, names)).first->second;
}

void KeyHints::add(const std::string& key, const std::string& meant) {
  KeyHint& hint = hints_.try_emplace(key, KeyHint{{file_, line_}, key, meant, 0}).first->second;
  ++hint.rows;
}

std::vector<KeyHint> KeyHints::list() const {
  std::vector<KeyHint> hints;
  for (const auto& [key, hint] : hints_) {
    hints.push_back(hint);
  }
  return hints;
}

}  // namespace wend::store
