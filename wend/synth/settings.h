// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "wend/llm/asked_model.h"
#include "wend/llm/chat.h"
#include "wend/synth/prompts.h"
#include "wend/synth/qa_job.h"
#include "wend/synth/quality_gate.h"

namespace wend::synth {

/// What is to be made.
struct Settings {
  NodeSet domains;                  ///< Given ones; empty where there is a description.
  std::string description;          ///< Of an application whose domains are to be proposed.
  std::size_t max_domains = 10;     ///< Of a description.
  std::size_t max_new_domains = 4;  ///< Beside the given ones; 0: none are proposed.
  std::size_t max_subcategories = 10;
  std::size_t max_levels = 5;
  Level profile_level = Level::kDifficulty;  ///< Where the tree ends.
  GateRules gate;
  QaRules qa;
  double most_alike_across = 0.95;
  std::uint64_t seed = 1;
  Form form = Form::kMarkers;
  Prompts prompts = Prompts::built_in();
};

/// Who writes.
struct Generator : llm::AskedModel {
  llm::ChatParameters parameters;
};

}  // namespace wend::synth
