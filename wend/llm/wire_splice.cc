// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/wire_splice.h"

#include <algorithm>

#include "wend/base/check.h"

namespace wend::llm {

std::size_t Splice::size() const {
  std::size_t size = 0;
  for (const std::string_view piece : pieces()) {
    size += piece.size();
  }
  return size;
}

std::string Splice::joined() const {
  std::string whole;
  whole.reserve(size());
  for (const std::string_view piece : pieces()) {
    whole += piece;
  }
  return whole;
}

void Splice::append(std::string_view piece) {
  if (!piece.empty()) {
    pieces_.at(count_++) = piece;
  }
}

Splice splice(std::string_view body,
              const ChatView& view,
              std::string_view model_literal,
              UsageChunk usage) {
  // The insertion of usage stands first: at an equal place it must come before the cut.
  std::array<Edit, 3> edits = {
      usage == UsageChunk::kAskFor ? view.ask_usage : Edit{},
      view.model_range.empty() ? Edit{} : Edit{view.model_range, model_literal},
      Edit{view.wend_cut, {}}};
  std::ranges::stable_sort(edits, {}, [](const Edit& edit) { return edit.range.begin; });
  Splice result;
  std::size_t done = 0;
  for (const Edit& edit : edits) {
    CHECK(edit.range.begin >= done && edit.range.end <= body.size(), "edits that overlap");
    result.append(body.substr(done, edit.range.begin - done));
    result.append(edit.replacement);
    done = edit.range.end;
  }
  result.append(body.substr(done));
  return result;
}

}  // namespace wend::llm
