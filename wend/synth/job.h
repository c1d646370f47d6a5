// SPDX-License-Identifier: Apache-2.0
// A small work that asks a model, one question after another. What it comes to depends on the
// replies and its seed alone, never on when they come or what else is under way, so that a run that
// is killed and begun again ends as one that was not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "wend/base/result.h"
#include "wend/synth/exchange.h"

namespace wend::synth {

/// What all jobs are told. Borrowed by them.
struct Voice {
  Prompts prompts = Prompts::built_in();
  Form form = Form::kMarkers;

  /// The request for a reply's form: `shape` is "nodes", "revision", "choice", "pairs", "verdict".
  std::string format(std::string_view shape, std::string_view label = {}) const;

  /// A question of a role under the common system prompt.
  Ask ask(Role role, std::string text, std::uint32_t draw) const;
};

class Job {
 public:
  virtual ~Job() = default;

  virtual bool done() const = 0;

  /// What to ask now. Needs !done().
  virtual const Ask& ask() const = 0;

  /// The reply to it. Fails by the world alone (the encoder), never by what the reply says.
  virtual base::Status take(const std::string& reply) = 0;

  /// Replies that could not be used.
  std::size_t malformed() const { return malformed_; }

 protected:
  void count_malformed() { ++malformed_; }

 private:
  std::size_t malformed_ = 0;
};

/// The seed of a named part of the work on a node.
std::uint64_t job_seed(std::uint64_t run_seed, std::string_view node_id, std::string_view part);

}  // namespace wend::synth
