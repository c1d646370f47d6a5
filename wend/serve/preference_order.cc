// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/preference_order.h"

#include <string>
#include <utility>

namespace wend::serve {

base::Result<core::Preference> preferred(const PreferenceSources& sources) {
  core::Preference best = sources.model_name.value_or(sources.configured);
  if (sources.header != nullptr) {
    auto header = core::parse_preference(*sources.header);
    if (!header) {
      return base::pass_on(std::move(header), "x-wend-preference");
    }
    best = *header;
  }
  return sources.body.value_or(best);
}

}  // namespace wend::serve
