// SPDX-License-Identifier: Apache-2.0
// The map of `wend discover`: what task types were found, as a page for people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wend::discover {

/// A task type as it is shown. Texts may hold anything: prompts come from strangers.
struct TaskView {
  std::string id = {};
  std::string name = {};
  std::string definition = {};
  std::size_t size = 0;                     ///< Prompts.
  std::vector<std::string> exemplars = {};  ///< Its most typical prompts; shown shortened.
  std::vector<double> mean_quality = {};    ///< Per model; NaN where none is known.
  std::vector<std::size_t> candidates =
      {};  ///< Models that are worth heads of their own, best first.
};

/// A prompt in the plane (plane.h).
struct MapPoint {
  float x = 0;  ///< In [0, 1], as y.
  float y = 0;
  std::int32_t task = -1;      ///< An index of tasks; below 0 for none.
  std::string_view text = {};  ///< Shown shortened; borrowed.
};

struct TaskMap {
  std::string title = {};
  std::vector<std::string> models = {};
  std::vector<TaskView> tasks = {};
  TaskView others = {};  ///< The prompts without a task.
  /// All prompts or a sample (sample_prompts()): the page holds them all. None: no picture.
  std::vector<MapPoint> points = {};
  /// What else a reader must know: data set, pool, counts, options.
  std::vector<std::pair<std::string, std::string>> facts = {};
};

/// A page by itself: nothing is fetched, and no script but its own runs. The same map gives the
/// same bytes.
std::string to_html(const TaskMap& map);

}  // namespace wend::discover
