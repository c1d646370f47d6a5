// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/routers/spec.h"

namespace wend::routers {

/// knn{k=40,temperature=0.1}. What is not given is chosen on validation.
struct KnnOptions {
  std::size_t k = 0;       ///< 0: not given.
  double temperature = 0;  ///< 0: not given; infinite: equal weights ("inf").

  static base::Result<KnnOptions> parse(const RouterSpec& spec);
  /// An artifact's "config", where both are given.
  static base::Result<KnnOptions> from_json(std::string_view json);
  std::string to_json() const;
};

}  // namespace wend::routers
