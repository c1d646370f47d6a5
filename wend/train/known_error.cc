// SPDX-License-Identifier: Apache-2.0
#include "wend/train/known_error.h"

namespace wend::train {

at::Tensor known_error(const at::Tensor& predicted, const at::Tensor& outcomes) {
  const at::Tensor error = predicted - at::nan_to_num(outcomes);
  return at::where(at::isfinite(outcomes), error, at::zeros({}));
}

}  // namespace wend::train
