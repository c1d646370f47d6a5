// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/prompts.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <vector>

#include "wend/base/check.h"
#include "wend/base/file.h"
#include "wend/base/hash.h"
#include "wend/base/suggest.h"

namespace wend::synth {

/// In the build tree, made by cmake/embed_texts.cmake.
const std::map<std::string_view, std::string_view>& embedded_prompts();

namespace {

using base::Code;

constexpr std::string_view kPrefix = "synth_";
constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";

/// A piece of a template: text, then the name of a place, empty at the end.
struct Piece {
  std::string_view text;
  std::string_view place;
};

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  while (!text.empty()) {
    const std::size_t open = text.find(kOpen);
    const std::size_t close = open == text.npos ? text.npos : text.find(kClose, open);
    if (close == text.npos) {
      pieces.push_back({text, {}});
      break;
    }
    pieces.push_back(
        {text.substr(0, open), text.substr(open + kOpen.size(), close - open - kOpen.size())});
    text.remove_prefix(close + kClose.size());
  }
  return pieces;
}

std::set<std::string_view> places_of(std::string_view text) {
  std::set<std::string_view> places;
  for (const Piece& piece : pieces_of(text)) {
    if (!piece.place.empty()) {
      places.insert(piece.place);
    }
  }
  return places;
}

std::string in_braces(const std::set<std::string_view>& places) {
  std::vector<std::string> shown;
  shown.reserve(places.size());
  for (const std::string_view place : places) {
    shown.push_back(fmt::format("{{{{{}}}}}", place));
  }
  return shown.empty() ? "none" : fmt::format("{}", fmt::join(shown, ", "));
}

std::string without_last_newline(std::string text) {
  if (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

}  // namespace

Prompts Prompts::built_in() {
  Prompts prompts;
  for (const auto& [name, text] : embedded_prompts()) {
    prompts.texts_.emplace(name.substr(kPrefix.size()), without_last_newline(std::string(text)));
  }
  return prompts;
}

base::Result<Prompts> Prompts::with_folder(const std::string& folder) {
  Prompts prompts = built_in();
  if (!std::filesystem::is_directory(folder)) {
    return base::fail_at(
        {folder}, Code::kNotFound, "prompts '{}': expected a folder of texts", folder);
  }
  std::vector<std::string> roles;
  roles.reserve(prompts.texts_.size());
  for (const auto& [role, text] : prompts.texts_) {
    roles.push_back(role);
  }
  for (const std::string& name : base::names_in(folder)) {
    if (!name.starts_with(kPrefix) || !name.ends_with(".txt")) {
      continue;
    }
    const std::string path = fmt::format("{}/{}", folder, name);
    const std::string role = name.substr(kPrefix.size(), name.size() - kPrefix.size() - 4);
    const auto built_in = prompts.texts_.find(role);
    if (built_in == prompts.texts_.end()) {
      return base::fail_at({path},
                           Code::kInvalidArgument,
                           "'{}': no prompt has that name{}",
                           path,
                           base::did_you_mean(role, roles));
    }
    constexpr std::size_t kLargest = std::size_t{1} << 20U;
    std::string text = without_last_newline(TRY(base::read_file(path, kLargest)));
    if (places_of(text) != places_of(built_in->second)) {
      return base::fail_at({path},
                           Code::kInvalidArgument,
                           "'{}' has the places {}, expected {}",
                           path,
                           in_braces(places_of(text)),
                           in_braces(places_of(built_in->second)));
    }
    built_in->second = std::move(text);
  }
  return prompts;
}

std::string Prompts::digest() const {
  static constexpr std::string_view kNul("\0", 1);
  base::Sha256 hash;
  for (const auto& [role, text] : texts_) {
    hash.update(role).update(kNul).update(text).update(kNul);
  }
  return base::to_hex(hash.finish());
}

std::string Prompts::render(std::string_view role, Values values) const {
  const auto found = texts_.find(role);
  CHECK(found != texts_.end(), "no prompt '{}'", role);
  std::string rendered;
  for (const Piece& piece : pieces_of(found->second)) {
    rendered += piece.text;
    if (piece.place.empty()) {
      continue;
    }
    const auto value =
        std::ranges::find(values, piece.place, [](const auto& given) { return given.first; });
    CHECK(value != values.end(), "prompt '{}': nothing for {{{{{}}}}}", role, piece.place);
    rendered += value->second;
  }
  return rendered;
}

}  // namespace wend::synth
