// SPDX-License-Identifier: Apache-2.0
// The one include of libtorch's headers. They bring glog's CHECK and DCHECK along, which are not
// ours: both are set aside for the length of the include. Only the parts we use are named
// (torch/torch.h costs half as much again to compile).
#pragma once

#pragma push_macro("CHECK")
#pragma push_macro("DCHECK")
#undef CHECK
#undef DCHECK
// clang-format off
#include <torch/csrc/autograd/custom_function.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/types.h>
#include <torch/utils.h>
// clang-format on
#undef CHECK
#undef DCHECK
#pragma pop_macro("DCHECK")
#pragma pop_macro("CHECK")
