// SPDX-License-Identifier: Apache-2.0
#include "wend/encoder/encoder.h"

namespace wend::encoder {

using base::Code;
using base::fail;

base::Status check_ids(const TokenIds& ids, std::size_t text, const TokenLimits& limits) {
  if (ids.empty()) {
    return fail(Code::kInvalidArgument, "text {}: no token ids: expected at least one", text);
  }
  if (ids.size() > limits.max_tokens) {
    return fail(Code::kInvalidArgument,
                "text {}: {} token ids: the encoder takes at most {}",
                text,
                ids.size(),
                limits.max_tokens);
  }
  for (const std::int32_t id : ids) {
    if (id < 0 || static_cast<std::size_t>(id) >= limits.vocabulary) {
      return fail(Code::kInvalidArgument,
                  "text {}: token id {} is not in the encoder's vocabulary of {}",
                  text,
                  id,
                  limits.vocabulary);
    }
  }
  return {};
}

}  // namespace wend::encoder
