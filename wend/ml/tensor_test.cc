// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/tensor.h"

#include <memory>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::ml {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Tensor, SharesItsMemoryAcrossCopies) {
  Tensor copy;
  {
    const Tensor tensor({2, 2}, {1, 2, 3, 4});
    copy = tensor;
    EXPECT_EQ(copy.values().data(), tensor.values().data());
  }
  EXPECT_THAT(copy.values(), ElementsAre(1, 2, 3, 4));
}

TEST(Tensor, KeepsTheOwnerOfAViewAlive) {
  auto memory = std::make_shared<const std::vector<float>>(3, 7.0F);
  const std::weak_ptr<const std::vector<float>> watched = memory;
  std::optional<Tensor> view(Tensor({3}, *memory, memory));
  memory.reset();
  EXPECT_FALSE(watched.expired());
  EXPECT_THAT(view->values(), ElementsAre(7, 7, 7));
  view.reset();
  EXPECT_TRUE(watched.expired());
}

TEST(TensorMap, GivesBackAMatrixAndAVector) {
  base::Matrix matrix(2, 3);
  matrix(1, 2) = 5;
  const std::vector<float> values = {1, 2};
  TensorMap tensors;
  tensors.put("g", Tensor::from_matrix(matrix));
  tensors.put("b", Tensor::from_vector(values));
  EXPECT_EQ(tensors.matrix("g", 2, -1).value(), matrix);
  EXPECT_EQ(tensors.vector("b", 2).value(), values);
}

TEST(TensorMap, NamesTheTensorAndItsShapeWhenItDoesNotFit) {
  TensorMap tensors;
  tensors.put("head.weight", Tensor({2, 3}, std::vector<float>(6)));
  const auto wrong = tensors.matrix("head.weight", -1, 4);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "tensor 'head.weight' has shape (2, 3); expected (any, 4)");
  const auto flat = tensors.vector("head.weight");
  ASSERT_FALSE(flat);
  EXPECT_THAT(flat.error().message, HasSubstr("expected (any)"));
}

TEST(TensorMap, SuggestsTheNearestNameWhenOneIsMissing) {
  TensorMap tensors;
  tensors.put("head.weight", Tensor({1}, {0}));
  const auto missing = tensors.vector("head.wieght");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("'head.wieght' is missing"));
  EXPECT_THAT(missing.error().message, HasSubstr("did you mean 'head.weight'?"));
}

}  // namespace
}  // namespace wend::ml
