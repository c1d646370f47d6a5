// SPDX-License-Identifier: Apache-2.0
// The fast forward pass. The sequences of a tile lie end to end as rows of one matrix, without
// padding: the matrix products, LayerNorm and GELU do not know where one ends, attention runs for
// each (sequence, head). Every row is computed in an order that the other rows do not change, so a
// text's vector does not depend on its tile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/encoder/bert_weights.h"
#include "wend/ml/cpu.h"
#include "wend/ml/kernels.h"
#include "wend/ml/matmul.h"

namespace wend::encoder {

/// The working memory of one thread: grows to what its largest tile needs.
struct BertScratch {
  base::Matrix x;          ///< (rows, hidden)
  base::Matrix qkv;        ///< (rows, 3 hidden)
  base::Matrix context;    ///< (rows, hidden)
  base::Matrix projected;  ///< (block, hidden)
  base::Matrix inner;      ///< (block, intermediate)
  base::Matrix attention;  ///< (1, attention_scratch)
};

class BertForward {
 public:
  /// Packs the weights for this processor, on all threads. `weights` must outlive it: the embedding
  /// tables are read in place.
  static base::Result<BertForward> pack(const BertWeights& weights, ml::Isa isa);

  /// sequences of ids -> out[i] (hidden), the mean of the last hidden states of sequence i. One
  /// thread; others may run beside it with scratches of their own. The ids must have been checked.
  void pooled(std::span<const std::span<const std::int32_t>> sequences,
              BertScratch& scratch,
              std::span<float* const> out) const;

 private:
  struct Layer {
    ml::PackedLinear qkv;  // (3 hidden, hidden): query, key and value in one product
    ml::PackedLinear attention_output;
    ml::PackedLinear intermediate;
    ml::PackedLinear output;
  };

  using Sequences = std::span<const std::span<const std::int32_t>>;

  BertForward(const BertWeights& weights, const ml::Kernels& kernels)
      : weights_(&weights), kernels_(&kernels) {}

  static base::Result<Layer> pack_layer(const BertLayerView& layer);
  void reserve(Sequences sequences, BertScratch& scratch) const;
  void embed(Sequences sequences, BertScratch& scratch) const;
  void attend(Sequences sequences, BertScratch& scratch) const;
  void finish_rows(std::size_t layer,
                   std::size_t begin,
                   std::size_t rows,
                   BertScratch& scratch) const;
  void add_and_norm(const base::Matrix& addend,
                    const NormView& norm,
                    std::size_t rows,
                    float* x) const;

  const BertWeights* weights_;
  const ml::Kernels* kernels_;
  std::vector<Layer> layers_;
};

}  // namespace wend::encoder
