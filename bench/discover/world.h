// SPDX-License-Identifier: Apache-2.0
// Prompts whose task types are known: embeddings in clusters and outcomes that follow them.
//
// Tasks have sizes as of a power law and lie in areas: from its area's centre a task lies off along
// a few directions of the area (a cluster of sentence embeddings has few, not 384), and its prompts
// lie off the task along the same, and a little along all; so tasks of an area run into one
// another. A share of the prompts is noise: off every centre, with preferences of its own. Models
// differ by task, those of one area alike; an outcome is right or wrong by the model's chance at
// the prompt, which is harder or easier than its task, or it is graded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wend/base/matrix.h"

namespace wend::bench {

struct WorldOptions {
  std::size_t prompts = 280'000;
  std::size_t dimension = 384;
  std::size_t models = 11;
  std::size_t tasks = 400;
  std::size_t areas = 40;
  double noise = 0.1;  ///< Share of prompts of no task.
  double blur = 0.8;   ///< Of a prompt around its task's centre, whose length is 1.
  double skew = 0.8;   ///< Task i has a share as of 1 / (i + 1)^skew.
  double skill = 1.2;  ///< How far models differ by task, in logits.
  bool graded = false;
  std::uint64_t seed = 1;
  std::size_t threads = 0;  ///< 0: all; the world does not depend on it.
};

struct World {
  base::Matrix embeddings;  ///< Unit rows.
  base::Matrix qualities;
  std::vector<std::int32_t> task;  ///< Below 0 for noise.
};

World make_world(const WorldOptions& options);

}  // namespace wend::bench
