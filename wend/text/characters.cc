// SPDX-License-Identifier: Apache-2.0
#include "wend/text/characters.h"

#include <utf8proc.h>

#include "wend/base/check.h"
#include "wend/text/utf8.h"

namespace wend::text {
namespace {

constexpr char32_t kCapitalSigma = U'Σ';

bool is_cased(char32_t code_point) {
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(code_point));
  return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
         category == UTF8PROC_CATEGORY_LT;
}

/// What stands inside a word without being cased: marks, apostrophes, soft hyphens.
bool is_passed_over(char32_t code_point) {
  constexpr std::u32string_view kInsideWords = U"'.:^`¨´·’";
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
      return true;
    default:
      return kInsideWords.find(code_point) != std::u32string_view::npos;
  }
}

bool cased_letter_follows(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const Decoded decoded = decode_utf8(text, at);
    if (!is_passed_over(decoded.code_point)) {
      return is_cased(decoded.code_point);
    }
    at += decoded.length;
  }
  return false;
}

}  // namespace

bool is_word_character(char32_t code_point) {
  if (code_point == '_') {
    return true;
  }
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return true;
    default:
      return false;
  }
}

std::string case_folded(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Decoded decoded = decode_utf8(text, at);
    at += decoded.length;
    // The longest full case folding has three code points.
    utf8proc_int32_t parts[8];
    int boundary = 0;
    const utf8proc_ssize_t count = utf8proc_decompose_char(
        static_cast<utf8proc_int32_t>(decoded.code_point), parts, 8, UTF8PROC_CASEFOLD, &boundary);
    CHECK(count >= 1 && count <= 8, "utf8proc folds one code point to {} parts", count);
    for (utf8proc_ssize_t i = 0; i < count; ++i) {
      append_utf8(static_cast<char32_t>(parts[i]), folded);
    }
  }
  return folded;
}

std::string lower_case(std::string_view text) {
  std::string lower;
  lower.reserve(text.size());
  bool follows_letter = false;
  for (std::size_t at = 0; at < text.size();) {
    const Decoded decoded = decode_utf8(text, at);
    at += decoded.length;
    if (decoded.code_point == U'İ') {
      lower += "i\u0307";  // The one letter whose small form is two code points.
    } else if (decoded.code_point == kCapitalSigma) {
      lower += follows_letter && !cased_letter_follows(text, at) ? "ς" : "σ";
    } else {
      append_utf8(static_cast<char32_t>(
                      utf8proc_tolower(static_cast<utf8proc_int32_t>(decoded.code_point))),
                  lower);
    }
    follows_letter =
        is_cased(decoded.code_point) || (follows_letter && is_passed_over(decoded.code_point));
  }
  return lower;
}

}  // namespace wend::text
