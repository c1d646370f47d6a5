// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "wend/base/check.h"

namespace wend::base {

/// Allocates on 64-byte borders: a cache line, and a register of AVX-512.
template <class T>
struct AlignedAllocator {
  using value_type = T;
  static constexpr std::size_t kAlignment = 64;

  AlignedAllocator() = default;

  template <class U>
  explicit AlignedAllocator(const AlignedAllocator<U>&) {}

  T* allocate(std::size_t n) {
    return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{kAlignment}));
  }

  void deallocate(T* pointer, std::size_t) {
    ::operator delete (pointer, std::align_val_t{kAlignment});
  }

  friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
};

/// A dense row-major matrix of its own memory, zero-initialised. Rows are contiguous and follow one
/// another without gaps.
template <class T>
class BasicMatrix {
 public:
  BasicMatrix() = default;

  BasicMatrix(std::size_t rows, std::size_t columns, T fill = T{})
      : rows_(rows), columns_(columns), values_(rows * columns, fill) {}

  std::size_t rows() const { return rows_; }

  std::size_t columns() const { return columns_; }

  bool empty() const { return values_.empty(); }

  std::span<T> row(std::size_t i) {
    DCHECK(i < rows_, "row {} of {}", i, rows_);
    return {values_.data() + i * columns_, columns_};
  }

  std::span<const T> row(std::size_t i) const {
    DCHECK(i < rows_, "row {} of {}", i, rows_);
    return {values_.data() + i * columns_, columns_};
  }

  T& operator()(std::size_t i, std::size_t j) { return values_[i * columns_ + j]; }

  T operator()(std::size_t i, std::size_t j) const { return values_[i * columns_ + j]; }

  T* data() { return values_.data(); }

  const T* data() const { return values_.data(); }

  std::span<T> values() { return values_; }

  std::span<const T> values() const { return values_; }

  friend bool operator==(const BasicMatrix&, const BasicMatrix&) = default;

 private:
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::vector<T, AlignedAllocator<T>> values_;
};

using Matrix = BasicMatrix<float>;

}  // namespace wend::base
