// SPDX-License-Identifier: Apache-2.0
// What the map's page brings along: its look and its behaviour.
#pragma once

#include <string_view>

namespace wend::discover {

/// CSS.
extern const std::string_view kMapStyle;

/// Reads the element `data`, draws the canvas and answers the buttons; the page says without it
/// what it says with it, but for the picture.
extern const std::string_view kMapScript;

}  // namespace wend::discover
