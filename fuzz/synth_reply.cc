// SPDX-License-Identifier: Apache-2.0
// A reply is anything: the first byte says what it was to be and in which form, the rest is what
// the model said. What is read has nothing empty in it, and a set that is written out and read
// again is the same.
// needs: synth
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wend/synth/parse_reply.h"

namespace {

using wend::synth::Form;
using wend::synth::Level;

void check(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void check_set(const wend::synth::NodeSet& set, Level level) {
  check(!set.empty());
  for (const wend::synth::NodeDraft& node : set) {
    check(!node.name.empty() && !node.definition.empty() && !node.example.empty());
    check(node.name.find('\n') == std::string::npos);
    check(!wend::synth::id_of_child("", node.name, {}).empty());
  }
  const std::string text = "<node begin>\n" + set_text(set, level) + "\n</node end>";
  const auto again = wend::synth::parse_nodes(text, level, Form::kMarkers);
  check(!again || again->size() >= set.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const unsigned kind = data[0];
  const std::string_view reply(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Form form = kind % 2 == 0 ? Form::kMarkers : Form::kJson;
  const auto level = static_cast<Level>(kind / 2 % 3);
  switch (kind / 6 % 5) {
    case 0:
      if (const auto set = wend::synth::parse_nodes(reply, level, form)) {
        check_set(*set, level);
      }
      break;
    case 1:
      if (const auto revision = wend::synth::parse_revision(reply, level, form)) {
        check_set(revision->nodes, level);
      }
      break;
    case 2:
      static_cast<void>(wend::synth::parse_choice(reply, form));
      break;
    case 3:
      if (const auto pairs = wend::synth::parse_pairs(reply, form)) {
        check(!pairs->empty());
        for (const wend::synth::QaPair& pair : *pairs) {
          check(!pair.question.empty() && !pair.answer.empty());
        }
      }
      break;
    default:
      static_cast<void>(wend::synth::parse_verdict(reply, form));
  }
  return 0;
}
