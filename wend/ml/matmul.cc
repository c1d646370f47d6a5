// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/matmul.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include <dnnl.hpp>

#include "wend/base/check.h"

// libgomp's, without its header, which clang does not ship.
extern "C" {
int omp_get_max_threads();
void omp_set_num_threads(int);
}

namespace wend::ml {
namespace {

using Dim = dnnl::memory::dim;
using Tag = dnnl::memory::format_tag;

// oneDNN asks OpenMP for a team, which spins when cores are shared; our threads each work alone.
// The setting is the calling thread's own and is put back, since libtorch reads it too.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }

  ~OneThread() { omp_set_num_threads(before_); }

  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

dnnl::memory::desc matrix(std::size_t rows, std::size_t columns, Tag tag) {
  return {{static_cast<Dim>(rows), static_cast<Dim>(columns)}, dnnl::memory::data_type::f32, tag};
}

struct Shape {
  std::size_t inputs;
  std::size_t outputs;
};

dnnl::matmul::primitive_desc describe(const dnnl::engine& engine,
                                      Shape shape,
                                      std::size_t rows,
                                      const dnnl::memory::desc& weights) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const dnnl::matmul::desc operation(matrix(rows, shape.inputs, Tag::ab),
                                     weights,
                                     matrix(1, shape.outputs, Tag::ab),
                                     matrix(rows, shape.outputs, Tag::ab));
  return {operation, attributes, engine};
}

// oneDNN wants pointers to what it only reads as pointers to what it may write.
float* writable(const float* values) {
  return const_cast<float*>(values);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

}  // namespace

struct PackedLinear::Packed {
  struct Kernel {
    std::once_flag once;
    std::optional<dnnl::matmul::primitive_desc> description;
    dnnl::matmul product;
  };

  Shape shape;
  dnnl::engine engine;
  dnnl::memory weights;
  dnnl::memory bias;
  std::array<Kernel, kMaxRows / kRowStep>
      kernels;  // by padded rows / kRowStep - 1, made when first asked for

  explicit Packed(const LinearView& layer)
      : shape{layer.inputs, layer.outputs}, engine(dnnl::engine::kind::cpu, 0) {
    const auto free = matrix(shape.inputs, shape.outputs, Tag::any);
    weights = dnnl::memory(describe(engine, shape, kMaxRows, free).weights_desc(), engine);
    bias = dnnl::memory(matrix(1, shape.outputs, Tag::ab), engine);
    dnnl::memory stored(
        matrix(shape.inputs, shape.outputs, Tag::ba), engine, writable(layer.weight.data()));
    dnnl::stream stream(engine);
    dnnl::reorder(stored, weights).execute(stream, stored, weights);
    stream.wait();
    std::copy(layer.bias.begin(), layer.bias.end(), static_cast<float*>(bias.get_data_handle()));
  }

  const Kernel& kernel(std::size_t padded_rows) {
    Kernel& kernel = kernels[padded_rows / kRowStep - 1];
    std::call_once(kernel.once, [&] {
      kernel.description = describe(engine, shape, padded_rows, weights.get_desc());
      kernel.product = dnnl::matmul(*kernel.description);
    });
    return kernel;
  }
};

PackedLinear::PackedLinear(std::unique_ptr<Packed> packed) : packed_(std::move(packed)) {}

PackedLinear::PackedLinear(PackedLinear&&) noexcept = default;
PackedLinear& PackedLinear::operator=(PackedLinear&&) noexcept = default;
PackedLinear::~PackedLinear() = default;

base::Result<PackedLinear> PackedLinear::pack(const LinearView& layer) {
  CHECK(layer.weight.size() == layer.inputs * layer.outputs && layer.bias.size() == layer.outputs,
        "{} weights and {} biases for {} inputs and {} outputs",
        layer.weight.size(),
        layer.bias.size(),
        layer.inputs,
        layer.outputs);
  const OneThread one_thread;
  try {
    return PackedLinear(std::make_unique<Packed>(layer));
  } catch (const dnnl::error& error) {
    return base::fail(base::Code::kInternal,
                      "oneDNN cannot pack a layer of {} inputs and {} outputs: {}",
                      layer.inputs,
                      layer.outputs,
                      error.what());
  }
}

void PackedLinear::apply(std::size_t rows, const float* x, float* y) const {
  const OneThread one_thread;
  const Shape shape = packed_->shape;
  dnnl::stream stream(packed_->engine);
  for (std::size_t begin = 0; begin < rows; begin += kMaxRows) {
    const auto& kernel = packed_->kernel(padded_rows(std::min(kMaxRows, rows - begin)));
    const auto& description = *kernel.description;
    const dnnl::memory from(
        description.src_desc(), packed_->engine, writable(x + begin * shape.inputs));
    const dnnl::memory to(description.dst_desc(), packed_->engine, y + begin * shape.outputs);
    const dnnl::memory scratch(description.scratchpad_desc(), packed_->engine);
    kernel.product.execute(stream,
                           {{DNNL_ARG_SRC, from},
                            {DNNL_ARG_WEIGHTS, packed_->weights},
                            {DNNL_ARG_BIAS, packed_->bias},
                            {DNNL_ARG_DST, to},
                            {DNNL_ARG_SCRATCHPAD, scratch}});
  }
  stream.wait();
}

}  // namespace wend::ml
