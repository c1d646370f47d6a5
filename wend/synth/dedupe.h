// SPDX-License-Identifier: Apache-2.0
// Which questions say what another said already: by the cosine of their vectors (the routing
// encoder's, of the question alone).
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"

namespace wend::synth {

/// Texts to vectors, (texts, dim); a text's vector does not depend on its neighbours.
using Embed = std::function<base::Result<base::Matrix>(const std::vector<std::string>&)>;

/// What has been kept, as unit vectors, against which further ones are held.
class KeptVectors {
 public:
  /// What lies closer than this to one that was kept is a duplicate.
  explicit KeptVectors(double most_alike) : most_alike_(static_cast<float>(most_alike)) {}

  /// Keeps the vector unless it is a duplicate; says whether it did. Needs the same length every
  /// time.
  bool keep(std::span<const float> vector);

  /// Keeps it whatever it is like.
  void add(std::span<const float> vector);

 private:
  float most_alike_to(std::span<const float> unit_vector) const;

  float most_alike_;
  std::vector<std::vector<float>> kept_;
};

}  // namespace wend::synth
