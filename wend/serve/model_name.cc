// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/model_name.h"

namespace wend::serve {

base::Result<std::optional<AutoName>> parse_auto_name(std::string_view model) {
  constexpr std::string_view kAuto = "auto";
  if (model == kAuto) {
    return AutoName{};
  }
  if (!model.starts_with("auto:")) {
    return std::nullopt;
  }
  auto preference = core::parse_preference(model.substr(kAuto.size() + 1));
  if (!preference) {
    return base::pass_on(std::move(preference), "model");
  }
  return AutoName{*preference};
}

}  // namespace wend::serve
