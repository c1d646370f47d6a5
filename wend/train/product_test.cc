// SPDX-License-Identifier: Apache-2.0
#include "wend/train/product.h"

#include <mutex>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "wend/train/runtime.h"

namespace wend::train {
namespace {

struct Shape {
  std::int64_t n, k, m;
};

/// One row; fewer rows than a block; several blocks, none of them even.
class Product : public ::testing::TestWithParam<Shape> {};

TEST_P(Product, AndItsGradientsAreLibtorchsOwn) {
  const Shape shape = GetParam();
  settle(3, 2);
  const at::Tensor x = at::randn({shape.n, shape.k}).requires_grad_(true);
  const at::Tensor w = at::randn({shape.m, shape.k}).requires_grad_(true);
  const at::Tensor slope = at::randn({shape.n, shape.m});
  const at::Tensor ours = product_transposed(x, w);
  ours.backward(slope);
  EXPECT_TRUE(at::allclose(ours, at::mm(x, w.t()), 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(x.grad(), at::mm(slope, w), 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(w.grad(), at::mm(slope.t(), x), 1e-4, 1e-4));
}

TEST_P(Product, IsTheSameBytesForAnyNumberOfThreads) {
  const Shape shape = GetParam();
  settle(3, 1);
  const at::Tensor x = at::randn({shape.n, shape.k});
  const at::Tensor w = at::randn({shape.m, shape.k});
  const at::Tensor one = product_transposed(x, w);
  settle(3, 2);
  EXPECT_TRUE(at::equal(one, product_transposed(x, w)));
}

INSTANTIATE_TEST_SUITE_P(Shapes,
                         Product,
                         ::testing::Values(Shape{1, 5, 3},
                                           Shape{64, 384, 256},
                                           Shape{447, 33, 19},
                                           Shape{2001, 8, 130}));

#ifdef _OPENMP
/// Compiled without OpenMP, at::parallel_for quietly runs on one thread.
TEST(Threads, OfLibtorchShareItsParallelLoops) {
  settle(1, 2);
  std::mutex mutex;
  std::set<std::thread::id> seen;
  at::parallel_for(0, 2, 1, [&](std::int64_t, std::int64_t) {
    const std::scoped_lock lock(mutex);
    seen.insert(std::this_thread::get_id());
  });
  EXPECT_EQ(seen.size(), 2);
}
#endif

}  // namespace
}  // namespace wend::train
