// SPDX-License-Identifier: Apache-2.0
// What `wend label` says before it asks and after it has asked.
#pragma once

#include <cstdio>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "wend/trips/label.h"

namespace wend::cli {

/// `judge` is null where none is asked.
nlohmann::ordered_json to_json(const trips::LabelEstimate& estimate,
                               const label::Judge* judge,
                               const std::string& currency);
void print_label_estimate(std::FILE* stream,
                          const trips::LabelEstimate& estimate,
                          const label::Judge* judge,
                          const std::string& currency);

nlohmann::ordered_json to_json(const trips::LabelResult& result,
                               const trips::LabelEstimate& estimate,
                               const trips::LabelTrip& trip,
                               const std::string& currency);
void print_label_result(const trips::LabelResult& result,
                        const trips::LabelEstimate& estimate,
                        const trips::LabelTrip& trip,
                        const std::string& currency);

}  // namespace wend::cli
