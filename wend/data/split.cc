// SPDX-License-Identifier: Apache-2.0
#include "wend/data/split.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_set>

#include "wend/base/hash.h"

namespace wend::data {
namespace {

using base::Code;
using base::fail;

base::Result<double> parse_share(std::string_view part, std::string_view whole) {
  double share = 0;
  const char* const end = part.data() + part.size();
  const auto parsed = std::from_chars(part.data(), end, share);
  if (parsed.ec != std::errc{} || parsed.ptr != end || !std::isfinite(share) || share < 0) {
    return fail(Code::kInvalidArgument,
                "split '{}': '{}' is no share, expected numbers of 0 or more such as 0.7:0.1:0.2, "
                "5:1:4 or 6:4",
                whole,
                part);
  }
  return share;
}

base::Result<std::vector<double>> parse_shares(std::string_view text) {
  std::vector<double> shares;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(':', begin), text.size());
    shares.push_back(TRY(parse_share(text.substr(begin, end - begin), text)));
    begin = end + 1;
  }
  if (shares.size() != 2 && shares.size() != 3) {
    return fail(Code::kInvalidArgument,
                "split '{}': expected train:validation:test or train:test, found {} part{}",
                text,
                shares.size(),
                shares.size() == 1 ? "" : "s");
  }
  return shares;
}

}  // namespace

base::Result<SplitShares> parse_split(std::string_view text) {
  static constexpr double kValidationOfTrain = 0.1;
  std::vector<double> shares = TRY(parse_shares(text));
  if (shares.size() == 2) {
    shares.insert(shares.begin() + 1, shares[0] * kValidationOfTrain);
    shares[0] -= shares[1];
  }
  const double sum = shares[0] + shares[1] + shares[2];
  if (!(shares[0] / sum > 0) || !(shares[1] / sum > 0)) {  // Also where the sum is infinite.
    return fail(Code::kOutOfRange, "split '{}': train and validation must both be above 0", text);
  }
  return SplitShares{shares[0] / sum, shares[1] / sum, shares[2] / sum};
}

double split_fraction(std::uint64_t seed, std::string_view normalised_text) {
  base::Sha256 hash;
  hash.update(fmt::format("{}", seed)).update(std::string_view("\0", 1)).update(normalised_text);
  const double fraction = static_cast<double>(base::first_64_bits(hash.finish())) * 0x1.0p-64;
  return std::min(fraction,
                  std::nextafter(1.0, 0.0));  // The last 1024 numbers would round up to 1.
}

Split split_rows(const std::vector<std::string>& normalised_texts,
                 const SplitShares& shares,
                 std::uint64_t seed) {
  Split split;
  for (std::size_t row = 0; row < normalised_texts.size(); ++row) {
    const double fraction = split_fraction(seed, normalised_texts[row]);
    std::vector<std::uint32_t>& part = fraction < shares.train ? split.train
                                       : fraction < shares.train + shares.validation
                                           ? split.validation
                                           : split.test;
    part.push_back(static_cast<std::uint32_t>(row));
  }
  return split;
}

std::vector<std::uint32_t> without_duplicates(const std::vector<std::uint32_t>& rows,
                                              const std::vector<std::string>& normalised_texts) {
  std::unordered_set<std::string_view> seen;
  std::vector<std::uint32_t> first;
  for (const std::uint32_t row : rows) {
    if (seen.insert(normalised_texts[row]).second) {
      first.push_back(row);
    }
  }
  return first;
}

}  // namespace wend::data
