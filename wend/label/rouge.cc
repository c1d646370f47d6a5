// SPDX-License-Identifier: Apache-2.0
#include "wend/label/rouge.h"

#include <bit>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "wend/text/characters.h"

namespace wend::label {
namespace {

std::vector<std::string> rouge_tokens(std::string_view text) {
  std::vector<std::string> tokens;
  std::string token;
  for (const char c : text::lower_case(text) + " ") {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      token += c;
    } else if (!token.empty()) {
      tokens.push_back(token);
      token.clear();
    }
  }
  return tokens;
}

constexpr std::size_t kBits = 64;
using Bits = std::vector<std::uint64_t>;

/// One step of the longest common subsequence in bits (Hyyrö, 2004): a cleared bit is a token of
/// the reference at which the subsequence grows.
void step(Bits& row, const Bits& places) {
  std::uint64_t carry = 0;
  for (std::size_t word = 0; word < row.size(); ++word) {
    const std::uint64_t before = row[word];
    const std::uint64_t common = before & places[word];
    const std::uint64_t sum = before + common;
    const std::uint64_t all = sum + carry;
    carry = (sum < before || all < sum) ? 1 : 0;
    row[word] = all | (before & ~places[word]);
  }
}

std::size_t common_length(const std::vector<std::string>& wanted,
                          const std::vector<std::string>& given) {
  const std::size_t words = (wanted.size() + kBits - 1) / kBits;
  std::unordered_map<std::string_view, Bits> places;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    Bits& bits = places.try_emplace(wanted[i], words).first->second;
    bits[i / kBits] |= std::uint64_t{1} << (i % kBits);
  }
  Bits row(words, ~std::uint64_t{0});
  for (const std::string& token : given) {
    const auto found = places.find(token);
    if (found != places.end()) {
      step(row, found->second);
    }
  }
  std::size_t length = 0;
  for (const std::uint64_t word : row) {
    length += static_cast<std::size_t>(std::popcount(~word));
  }
  return length;
}

}  // namespace

double rouge_l(std::string_view reference, std::string_view text) {
  const std::vector<std::string> wanted = rouge_tokens(reference);
  const std::vector<std::string> given = rouge_tokens(text);
  if (wanted.empty() || given.empty()) {
    return 0;
  }
  return 2 * static_cast<double>(common_length(wanted, given)) /
         static_cast<double>(wanted.size() + given.size());
}

}  // namespace wend::label
