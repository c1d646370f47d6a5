// SPDX-License-Identifier: Apache-2.0
// A judge may say anything: a score is a share or nothing, and a reply that says one number, and
// beside it the same number again, has that score.
// needs: label
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wend/label/parse_score.h"

namespace {

void check(bool holds) {
  if (!holds) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string reply(reinterpret_cast<const char*>(data), size);
  const auto score = wend::label::parse_score(reply);
  if (!score) {
    return 0;
  }
  check(*score >= 0 && *score <= 1);
  const auto again = wend::label::parse_score(reply + "\n" + reply);
  check(!again || std::abs(*again - *score) < 1e-9);
  const auto contradicted = wend::label::parse_score(reply + "\n" + (*score < 0.5 ? "0.9" : "0.1"));
  check(!contradicted);
  return 0;
}
