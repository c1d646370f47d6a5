// SPDX-License-Identifier: Apache-2.0
// needs: text
// Any bytes as a text: no crash, and what must hold of every text holds (see each check). The first
// byte chooses where it is cut in two.
#include "wend/text/wordpiece.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "wend/base/check.h"
#include "wend/text/routing_text.h"
#include "wend/text/utf8.h"

namespace {

using wend::text::SpecialTokens;
using wend::text::WordPiece;
using Ids = std::vector<std::int32_t>;

constexpr std::size_t kLongestPiece = 8;

// Short pieces that nest, so that walks fail late, and some that only normalising can reach.
const WordPiece& tokenizer() {
  static const WordPiece kBuilt = *WordPiece::from_vocabulary(
      "[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##a\naa\n##aa\n##aaab\nb\n##b\nab\n##ba\nabba\n##abbabab\n!"
      "\n[\n]\n#\nsep\ncls\n##s\n0\n##0\n"
      "\xCE\xB1\n##\xCF\x83\n\xE1\x84\x80\n##\xE1\x85\xA1\n##"
      "\xE1\x86\xA8\n\xE4\xB8\xAD\n\xE8\xB1\x88\n\xCC\xA1\n\xE3\x80\xAE\n;\n=\n");
  return kBuilt;
}

Ids pieces(std::string_view text, SpecialTokens special) {
  Ids ids;
  const std::size_t steps = tokenizer().pieces(text, special, ids);
  // Normalising makes at most three bytes of one; each starts at most one walk, of at most the
  // longest piece and one step.
  CHECK(
      steps <= 3 * text.size() * (kLongestPiece + 1), "{} steps for {} bytes", steps, text.size());
  CHECK(ids.size() <= 3 * text.size(), "{} ids for {} bytes", ids.size(), text.size());
  for (const std::int32_t id : ids) {
    CHECK(id >= 0 && static_cast<std::size_t>(id) < tokenizer().vocabulary_size(), "id {}", id);
  }
  return ids;
}

// A text cut at a blank is two texts.
void check_cut(std::string_view text, std::size_t from) {
  const std::size_t blank = text.find(' ', from);
  if (blank == std::string_view::npos) {
    return;
  }
  Ids both = pieces(text.substr(0, blank), SpecialTokens::kEscape);
  const Ids rest = pieces(text.substr(blank + 1), SpecialTokens::kEscape);
  both.insert(both.end(), rest.begin(), rest.end());
  CHECK(both == pieces(text, SpecialTokens::kEscape), "cut at {} it has other ids", blank);
}

void check_replacement(std::string_view text) {
  const std::string valid = wend::text::with_replacement(text);
  CHECK(wend::text::with_replacement(valid) == valid, "replaced twice");
  CHECK(pieces(valid, SpecialTokens::kParse) == pieces(text, SpecialTokens::kParse),
        "other ids after replacement");
  const std::string normalised = wend::text::normalised_text(text);
  CHECK(wend::text::normalised_text(valid) == normalised, "normalised otherwise after replacement");
  CHECK(wend::text::normalised_text(normalised) == normalised, "normalised twice");
}

void check_routing(std::string_view text) {
  const Ids whole = wend::text::whole_ids(tokenizer(), text);
  const Ids routed = wend::text::routing_ids(tokenizer(), text, 8);
  CHECK(routed.size() == std::min<std::size_t>(whole.size(), 8),
        "{} of {} ids",
        routed.size(),
        whole.size());
  CHECK(std::equal(routed.begin(),
                   routed.begin() + static_cast<std::ptrdiff_t>(routed.size() / 2),
                   whole.begin()),
        "another head");
  CHECK(std::equal(routed.rbegin(),
                   routed.rbegin() + static_cast<std::ptrdiff_t>(routed.size() / 2),
                   whole.rbegin()),
        "another tail");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (text.find('[') == std::string_view::npos) {
    CHECK(pieces(text, SpecialTokens::kParse) == pieces(text, SpecialTokens::kEscape),
          "special tokens without a bracket");
  }
  check_cut(text, text.empty() ? 0 : static_cast<std::size_t>(bytes[0]) % text.size());
  check_replacement(text);
  check_routing(text);
  return 0;
}
