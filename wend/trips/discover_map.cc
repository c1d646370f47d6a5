// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/discover_map.h"

#include <utility>

#include "wend/discover/map.h"
#include "wend/discover/plane.h"

namespace wend::trips {

using base::Result;

namespace {

/// So many dots are told apart on a screen, and so many vectors placed within a minute.
constexpr std::size_t kMostPoints = 10'000;

class MapMaker {
 public:
  MapMaker(const DiscoverRequest& request,
           const PreparedData& prepared,
           const VectorsByText* descriptions,
           const TaskDiscovery& discovery)
      : request_(request),
        prepared_(prepared),
        descriptions_(descriptions),
        discovery_(discovery) {}

  Result<std::string> page() const {
    const auto& discovered = discovery_.found.discovered;
    discover::TaskMap map;
    map.title = "Task types of " + prepared_.table.dataset;
    for (const core::ModelCard& model : prepared_.table.models) {
      map.models.push_back(model.id);
    }
    for (std::size_t task = 0; task < discovered.tasks.size(); ++task) {
      const core::TaskNode& node = discovery_.found.taxonomy.nodes()[task];
      map.tasks.push_back(view(discovered.tasks[task], task));
      map.tasks.back().id = node.id;
      map.tasks.back().name = node.name;
      map.tasks.back().definition = node.definition;
    }
    map.others = view(discovered.others, discovered.tasks.size());
    map.points = TRY(points());
    map.facts = facts();
    return discover::to_html(map);
  }

 private:
  /// The whole of it: the page shortens, and where it does says so.
  const std::string& text_of(std::size_t prompt) const {
    return prepared_.table.queries[discovery_.table_rows[prompt].front()].prompt;
  }

  discover::TaskView view(const discover::DiscoveredTask& task, std::size_t number) const {
    discover::TaskView view;
    view.size = task.prompts.size();
    for (const std::uint32_t prompt : discovery_.found.exemplars[number]) {
      view.exemplars.push_back(text_of(prompt));
    }
    view.mean_quality = task.mean_quality;
    view.candidates.assign(task.candidates.models.begin(), task.candidates.models.end());
    return view;
  }

  Result<std::vector<discover::MapPoint>> points() const {
    const auto& task = discovery_.found.discovered.task;
    const std::vector<std::uint32_t> sample =
        discover::sample_prompts(task.size(), kMostPoints, request_.seed);
    base::Matrix rows = prompt_meanings({discovery_.set, descriptions_}, sample);
    discover::PlaneOptions plane;
    plane.seed = request_.seed;
    plane.threads = request_.threads;
    const auto places = TRY(discover::place_in_plane(std::move(rows), plane));
    std::vector<discover::MapPoint> points;
    for (std::size_t i = 0; i < sample.size(); ++i) {
      points.push_back({places[i].x, places[i].y, task[sample[i]], text_of(sample[i])});
    }
    return points;
  }

  std::vector<std::pair<std::string, std::string>> facts() const {
    const auto& discovered = discovery_.found.discovered;
    const discover::CommunityOptions& options = request_.finding.discovery.communities;
    std::string sizes = fmt::format("{}", discovered.task.size());
    for (const discover::Iteration& iteration : discovered.iterations) {
      sizes += fmt::format(" → {}", iteration.communities);
    }
    return {{"Data set", prepared_.table.dataset},
            {"Pool", fmt::format("{} models", prepared_.table.models.size())},
            {"Prompts", fmt::format("{} (train and validation)", discovered.task.size())},
            {"Prompts without a task", fmt::format("{}", discovered.others.prompts.size())},
            {"Prompts → communities", sizes},
            {"Told apart by",
             descriptions_ == nullptr ? "the prompts themselves" : "descriptions of the prompts"},
            {"Neighbours", fmt::format("{}", options.knn.k)},
            {"Resolution", fmt::format("{}", options.resolution)},
            {"Seed", fmt::format("{}", request_.seed)}};
  }

  const DiscoverRequest& request_;
  const PreparedData& prepared_;
  const VectorsByText* descriptions_;
  const TaskDiscovery& discovery_;
};

}  // namespace

Result<std::string> task_map(const DiscoverRequest& request,
                             const PreparedData& prepared,
                             const VectorsByText* descriptions,
                             const TaskDiscovery& discovery) {
  return MapMaker(request, prepared, descriptions, discovery).page();
}

}  // namespace wend::trips
