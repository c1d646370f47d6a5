// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/job.h"

#include <fmt/format.h>

#include "wend/base/check.h"
#include "wend/base/hash.h"

namespace wend::synth {

std::string Voice::format(std::string_view shape, std::string_view label) const {
  const std::string_view kind = form == Form::kJson ? "json" : "format";
  return prompts.render(fmt::format("{}_{}", kind, shape), {{"label", label}});
}

Ask Voice::ask(Role role, std::string text, std::uint32_t draw) const {
  return {role, {{"system", prompts.render("system", {})}, {"user", std::move(text)}}, draw};
}

std::uint64_t job_seed(std::uint64_t run_seed, std::string_view node_id, std::string_view part) {
  return base::first_64_bits(base::sha256(fmt::format("synth {} {} {}", run_seed, node_id, part)));
}

}  // namespace wend::synth
