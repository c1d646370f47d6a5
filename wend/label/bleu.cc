// SPDX-License-Identifier: Apache-2.0
#include "wend/label/bleu.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <unordered_map>
#include <vector>

#include "wend/label/scan.h"
#include "wend/label/words.h"

namespace wend::label {
namespace {

constexpr std::size_t kOrders = 4;

// A token is a number in here; an n-gram is its tokens, the rest zero.
using Gram = std::array<std::uint32_t, kOrders>;
using Counts = std::map<Gram, std::size_t>;
using Tokens = std::vector<std::uint32_t>;

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  std::string replaced;
  std::size_t at = 0;
  for (std::size_t found = text.find(from); found != std::string::npos;
       found = text.find(from, at)) {
    replaced.append(text, at, found - at).append(to);
    at = found + from.size();
  }
  text = replaced.append(text, at);
}

bool is_split_mark(char c) {
  return (c >= '!' && c <= '/' && c != '\'' && c != ',' && c != '-' && c != '.') ||
         (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

bool is_stop(char c) {
  return c == '.' || c == ',';
}

/// Spaces around the first of every two bytes that `splits`, or around the second, as the rules of
/// the 13a tokens go: each looks at two characters and goes on behind both.
template <class Splits>
std::string spaced(const std::string& text, bool first, const Splits& splits) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool pair = at + 1 < text.size() && splits(text[at], text[at + 1]);
    if (!pair) {
      out += text[at];
      continue;
    }
    out += first ? " " : "";
    out += text[at];
    out += ' ';
    out += text[++at];
    out += first ? "" : " ";
  }
  return out;
}

/// mteval-v13a's tokens, a space between two.
std::string tokenised(std::string_view raw) {
  std::string text(raw);
  replace_all(text, "<skipped>", "");
  replace_all(text, "-\n", "");
  std::replace(text.begin(), text.end(), '\n', ' ');
  replace_all(text, "&quot;", "\"");
  replace_all(text, "&amp;", "&");
  replace_all(text, "&lt;", "<");
  replace_all(text, "&gt;", ">");
  std::string marked = " ";
  for (const char c : text) {
    marked += is_split_mark(c) ? std::string{' ', c, ' '} : std::string(1, c);
  }
  marked += ' ';
  marked = spaced(marked, false, [](char a, char b) { return !is_digit(a) && is_stop(b); });
  marked = spaced(marked, true, [](char a, char b) { return is_stop(a) && !is_digit(b); });
  return spaced(marked, false, [](char a, char b) { return is_digit(a) && b == '-'; });
}

/// Texts as token numbers; equal tokens have equal numbers, from 1.
class Vocabulary {
 public:
  Tokens read(std::string_view text) {
    const std::string spaced_out = tokenised(without_space_at_end(text));
    Tokens tokens;
    for (const std::string_view word : split_words(spaced_out)) {
      const auto next = static_cast<std::uint32_t>(numbers_.size() + 1);
      tokens.push_back(numbers_.emplace(word, next).first->second);
    }
    return tokens;
  }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

std::array<Counts, kOrders> grams_of(const Tokens& tokens) {
  std::array<Counts, kOrders> grams;
  for (std::size_t order = 1; order <= kOrders; ++order) {
    for (std::size_t at = 0; at + order <= tokens.size(); ++at) {
      Gram gram{};
      std::copy_n(tokens.begin() + static_cast<std::ptrdiff_t>(at), order, gram.begin());
      ++grams[order - 1][gram];
    }
  }
  return grams;
}

struct Reference {
  std::array<Counts, kOrders> grams;
  std::size_t length = 0;  ///< Of the one that is nearest to the text's.
};

Reference merged(std::span<const std::string> references, std::size_t length, Vocabulary& known) {
  const auto distance = [length](std::size_t other) {
    return other > length ? other - length : length - other;
  };
  Reference all;
  for (std::size_t i = 0; i < references.size(); ++i) {
    const Tokens tokens = known.read(references[i]);
    const std::size_t nearest = distance(all.length);
    const std::size_t here = distance(tokens.size());
    if (i == 0 || here < nearest || (here == nearest && tokens.size() < all.length)) {
      all.length = tokens.size();
    }
    const auto grams = grams_of(tokens);
    for (std::size_t order = 0; order < kOrders; ++order) {
      for (const auto& [gram, count] : grams[order]) {
        std::size_t& most = all.grams[order][gram];
        most = std::max(most, count);
      }
    }
  }
  return all;
}

std::size_t matches(const Counts& given, const Counts& wanted) {
  std::size_t sum = 0;
  for (const auto& [gram, count] : given) {
    const auto found = wanted.find(gram);
    sum += found == wanted.end() ? 0 : std::min(count, found->second);
  }
  return sum;
}

}  // namespace

double bleu(std::span<const std::string> references, std::string_view text) {
  Vocabulary known;
  const Tokens tokens = known.read(text);
  const Reference reference = merged(references, tokens.size(), known);
  const auto grams = grams_of(tokens);
  const std::size_t orders = std::min(tokens.size(), kOrders);
  double sum_of_logs = 0;
  double smoothing = 1;
  bool any = false;
  for (std::size_t order = 0; order < orders; ++order) {
    const std::size_t correct = matches(grams[order], reference.grams[order]);
    any = any || correct > 0;
    smoothing *= correct == 0 ? 2 : 1;
    const double share = correct == 0 ? 1 / smoothing : static_cast<double>(correct);
    sum_of_logs += std::log(share / static_cast<double>(tokens.size() - order));
  }
  if (!any) {
    return 0;
  }
  const double shortness =
      static_cast<double>(reference.length) / static_cast<double>(tokens.size());
  const double brevity = shortness > 1 ? std::exp(1 - shortness) : 1;
  return std::min(1.0, brevity * std::exp(sum_of_logs / static_cast<double>(orders)));
}

}  // namespace wend::label
