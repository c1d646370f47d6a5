// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "wend/ml/kernels.h"

namespace wend::ml {
namespace {

// x, residual, out (rows, columns); gamma, beta (columns)
void layer_norm_row(const LayerNormJob& job, std::size_t row) {
  const float* x = job.x + row * job.columns;
  const float* residual = job.residual == nullptr ? nullptr : job.residual + row * job.columns;
  float* out = job.out + row * job.columns;
  const auto count = static_cast<float>(job.columns);
  float sum = 0;
  for (std::size_t j = 0; j < job.columns; ++j) {
    out[j] = x[j] + (residual == nullptr ? 0.0F : residual[j]);
    sum += out[j];
  }
  const float mean = sum / count;
  float squares = 0;
  for (std::size_t j = 0; j < job.columns; ++j) {
    squares += (out[j] - mean) * (out[j] - mean);
  }
  const float scale = 1.0F / std::sqrt(squares / count + job.epsilon);
  for (std::size_t j = 0; j < job.columns; ++j) {
    out[j] = (out[j] - mean) * scale * job.gamma[j] + job.beta[j];
  }
}

void layer_norm(const LayerNormJob& job) {
  for (std::size_t row = 0; row < job.rows; ++row) {
    layer_norm_row(job, row);
  }
}

void gelu(float* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = 0.5F * values[i] * std::erfc(values[i] * -0.70710678F);
  }
}

float dot(const float* a, const float* b, std::size_t size) {
  float sum = 0;
  for (std::size_t i = 0; i < size; ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

// scores (length): softmax in place.
void softmax(float* scores, std::size_t length) {
  const float highest = *std::max_element(scores, scores + length);
  float sum = 0;
  for (std::size_t j = 0; j < length; ++j) {
    scores[j] = std::exp(scores[j] - highest);
    sum += scores[j];
  }
  for (std::size_t j = 0; j < length; ++j) {
    scores[j] /= sum;
  }
}

// q, k, v, out (length, head_dim); scratch (length)
void attention(const AttentionJob& job) {
  const float scale = 1.0F / std::sqrt(static_cast<float>(job.head_dim));
  for (std::size_t i = 0; i < job.length; ++i) {
    for (std::size_t j = 0; j < job.length; ++j) {
      job.scratch[j] =
          scale * dot(job.q + i * job.input_stride, job.k + j * job.input_stride, job.head_dim);
    }
    softmax(job.scratch, job.length);
    float* out = job.out + i * job.output_stride;
    std::fill_n(out, job.head_dim, 0.0F);
    for (std::size_t j = 0; j < job.length; ++j) {
      for (std::size_t k = 0; k < job.head_dim; ++k) {
        out[k] += job.scratch[j] * job.v[j * job.input_stride + k];
      }
    }
  }
}

}  // namespace

const Kernels kScalarKernels = {layer_norm, gelu, attention};

}  // namespace wend::ml
