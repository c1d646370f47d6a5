// SPDX-License-Identifier: Apache-2.0
// NFC by hand from utf8proc's tables: its own whole-text function sorts marks by insertion, which a
// megabyte of marks in falling order would turn into an hour.
#include <algorithm>

#include <utf8proc.h>

#include "wend/base/check.h"
#include "wend/text/characters.h"
#include "wend/text/routing_text.h"
#include "wend/text/utf8.h"

namespace wend::text {
namespace {

using CodePoints = std::vector<utf8proc_int32_t>;

// The longest canonical decomposition of one code point has four parts.
void append_decomposed(char32_t code_point, CodePoints& out) {
  utf8proc_int32_t parts[8];
  int boundary = 0;
  const utf8proc_ssize_t count =
      utf8proc_decompose_char(static_cast<utf8proc_int32_t>(code_point),
                              parts,
                              8,
                              static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE),
                              &boundary);
  CHECK(count >= 1 && count <= 8,
        "utf8proc decomposes U+{:04X} to {} parts",
        static_cast<std::uint32_t>(code_point),
        count);
  out.insert(out.end(), parts, parts + count);
}

utf8proc_propval_t combining_class(utf8proc_int32_t code_point) {
  return utf8proc_get_property(code_point)->combining_class;
}

void order_marks(CodePoints& points) {
  const auto is_starter = [](utf8proc_int32_t c) { return combining_class(c) == 0; };
  auto at = points.begin();
  while (at != points.end()) {
    at = std::find_if_not(at, points.end(), is_starter);
    const auto end = std::find_if(at, points.end(), is_starter);
    std::stable_sort(at, end, [](utf8proc_int32_t a, utf8proc_int32_t b) {
      return combining_class(a) < combining_class(b);
    });
    at = end;
  }
}

CodePoints composed(std::string_view text) {
  CodePoints points;
  points.reserve(text.size() + 1);
  for (std::size_t at = 0; at < text.size();) {
    const Decoded decoded = decode_utf8(text, at);
    append_decomposed(decoded.code_point, points);
    at += decoded.length;
  }
  order_marks(points);
  const utf8proc_ssize_t length =
      utf8proc_normalize_utf32(points.data(),
                               static_cast<utf8proc_ssize_t>(points.size()),
                               static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  CHECK(length >= 0, "utf8proc: {}", utf8proc_errmsg(length));
  points.resize(static_cast<std::size_t>(length));
  return points;
}

/// Writes code points with runs of white space as one space and none at the ends.
class Collapser {
 public:
  void take(char32_t code_point) {
    if (is_white_space(code_point)) {
      gap_ = true;
      return;
    }
    if (gap_ && !out_.empty()) {
      out_ += ' ';
    }
    gap_ = false;
    append_utf8(code_point, out_);
  }

  std::string out() && { return std::move(out_); }

 private:
  std::string out_;
  bool gap_ = false;
};

}  // namespace

std::string normalised_text(std::string_view text) {
  Collapser collapser;
  if (ascii_prefix(text) == text.size()) {
    for (const char c : text) {
      collapser.take(static_cast<unsigned char>(c));
    }
  } else {
    for (const utf8proc_int32_t c : composed(text)) {
      collapser.take(static_cast<char32_t>(c));
    }
  }
  return std::move(collapser).out();
}

}  // namespace wend::text
