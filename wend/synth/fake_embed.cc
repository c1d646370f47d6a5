// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/fake_embed.h"

#include <sstream>

#include "wend/base/hash.h"
#include "wend/base/random.h"

namespace wend::synth {

Embed fake_embed() {
  return [](const std::vector<std::string>& texts) -> base::Result<base::Matrix> {
    constexpr std::size_t kDimension = 64;
    base::Matrix vectors(texts.size(), kDimension);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      std::istringstream words(texts[i]);
      for (std::string word; words >> word;) {
        base::Random random(base::first_64_bits(base::sha256(word)));
        for (float& value : vectors.row(i)) {
          value += static_cast<float>(random.normal());
        }
      }
    }
    return vectors;
  };
}

}  // namespace wend::synth
