// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/exchange.h"

#include <array>

namespace wend::synth {
namespace {

/// A bad reply is shown to its author, but not the whole of one that never ended.
constexpr std::size_t kShownOfReply = 20'000;

/// The text's first bytes, no character cut.
std::string head_of(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) {
    return text;
  }
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) {
    --bytes;
  }
  return text.substr(0, bytes);
}

}  // namespace

std::string_view word_of(Role role) {
  constexpr std::array<std::string_view, kRoles> kWords = {
      "nodes", "revise", "choose", "pairs", "audit", "solve"};
  return kWords.at(static_cast<std::size_t>(role));
}

Shape shape_of(Role role) {
  constexpr std::array<Shape, kRoles - 1> kShapes = {
      Shape::kNodes, Shape::kRevision, Shape::kChoice, Shape::kPairs, Shape::kVerdict};
  return kShapes.at(static_cast<std::size_t>(role));
}

bool Exchange::ask_again(const Prompts& prompts, const std::string& reply, const std::string& why) {
  if (asked_again_ == kAsksAgain) {
    return false;
  }
  ++asked_again_;
  ask_.messages.push_back({"assistant", head_of(reply, kShownOfReply)});
  ask_.messages.push_back({"user", prompts.render("again", {{"why", why}})});
  return true;
}

}  // namespace wend::synth
