// SPDX-License-Identifier: Apache-2.0
#include "wend/train/product.h"

#include <algorithm>

namespace wend::train {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// BLAS packs all of b anew for each block, so a block should not be small; and the cut must depend
/// on the shape alone.
constexpr std::int64_t kBlockRows = 112;
constexpr std::int64_t kMostBlocks = 8;

/// a (n, k) times b (k, m), by blocks of a's rows.
at::Tensor product_by_blocks(const at::Tensor& a, const at::Tensor& b) {
  const std::int64_t rows = a.size(0);
  const std::int64_t blocks =
      std::clamp((rows + kBlockRows - 1) / kBlockRows, std::int64_t{1}, kMostBlocks);
  const at::Tensor result = at::empty({rows, b.size(1)}, a.options().requires_grad(false));
  at::parallel_for(0, blocks, 1, [&](std::int64_t first, std::int64_t last) {
    const at::NoGradGuard no_grad;  // Each thread has its own switch.
    for (std::int64_t block = first; block < last; ++block) {
      const std::int64_t begin = block * rows / blocks;
      const std::int64_t count = (block + 1) * rows / blocks - begin;
      at::Tensor out = result.narrow(0, begin, count);
      at::mm_out(out, a.narrow(0, begin, count), b);
    }
  });
  return result;
}

struct Product : torch::autograd::Function<Product> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& w) {
    context->save_for_backward({x, w});
    return product_by_blocks(x, w.t());
  }

  static variable_list backward(AutogradContext* context, const variable_list& slopes) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor& slope = slopes[0];
    variable_list result(2);
    if (context->needs_input_grad(0)) {
      result[0] = product_by_blocks(slope, saved[1]);
    }
    if (context->needs_input_grad(1)) {
      result[1] = product_by_blocks(slope.t(), saved[0]);
    }
    return result;
  }
};

}  // namespace

at::Tensor product_transposed(const at::Tensor& x, const at::Tensor& w) {
  return Product::apply(x, w);
}

}  // namespace wend::train
