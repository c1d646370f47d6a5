// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/train/torch.h"

namespace wend::train {

/// predicted - outcomes, 0 where an outcome is missing (NaN). A prediction that is no number stays
/// one, so that a broken training is seen and not taken for one without errors.
at::Tensor known_error(const at::Tensor& predicted, const at::Tensor& outcomes);

}  // namespace wend::train
