// SPDX-License-Identifier: Apache-2.0
// What the fused pass does between its matrix products, a row of `hidden` numbers at a time. The
// pointers of a call never overlap; said so, the compiler turns each loop into vector instructions.
#pragma once

#include <algorithm>
#include <cstdint>

namespace wend::routers {

/// out = relu(a + b)
template <class T>
void relu_of_sum(const T* __restrict a,
                 const T* __restrict b,
                 T* __restrict out,
                 std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    out[i] = std::max(a[i] + b[i], T(0));
  }
}

/// values = relu(values)
template <class T>
void relu(T* values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    values[i] = std::max(values[i], T(0));
  }
}

/// The last layer backwards, for one score s = w3 . second whose slope is ds: adds to dw3, and
/// slope = dL/d(input of second's ReLU), which is also added to db2. `keep` is what dropout
/// multiplied the kept values with.
template <class T>
void last_layer_backward(T ds,
                         T keep,
                         const T* __restrict second,
                         const T* __restrict w3,
                         T* __restrict slope,
                         T* __restrict dw3,
                         T* __restrict db2,
                         std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    dw3[i] += ds * second[i];
    slope[i] = second[i] > T(0) ? ds * keep * w3[i] : T(0);
    db2[i] += slope[i];
  }
}

/// The first layer's ReLU backwards: adds the slope that arrives to both of the terms it summed.
template <class T>
void first_layer_backward(T keep,
                          const T* __restrict first,
                          const T* __restrict slope,
                          T* __restrict query,
                          T* __restrict task,
                          std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    const T value = first[i] > T(0) ? slope[i] * keep : T(0);
    query[i] += value;
    task[i] += value;
  }
}

}  // namespace wend::routers
