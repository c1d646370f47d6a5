// SPDX-License-Identifier: Apache-2.0
// Runs discovery on a planted world and prints one JSON object:
//   bench_discover prompts=280000 graded=1 resolution=2 ...     (see the table in settings below)
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/measure.h"
#include "world.h"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "wend/base/parallel.h"
#include "wend/discover/agreement.h"
#include "wend/discover/pipeline.h"
#include "wend/ml/neighbours_all.h"

namespace {

namespace base = wend::base;
namespace bench = wend::bench;
namespace discover = wend::discover;
namespace ml = wend::ml;
using Json = nlohmann::ordered_json;

struct Run {
  bench::WorldOptions world = {};
  discover::DiscoverOptions discover = {};
  std::size_t recall = 0;      ///< Not 0: so many prompts' neighbours by hnswlib against all pairs.
  ml::HnswOptions index = {};  ///< For the recall.
};

using Setting = std::function<void(Run&, double)>;

std::size_t whole(double value) {
  return static_cast<std::size_t>(value);
}

std::map<std::string, Setting> settings() {
  return {
      {"prompts", [](Run& run, double v) { run.world.prompts = whole(v); }},
      {"models", [](Run& run, double v) { run.world.models = whole(v); }},
      {"tasks", [](Run& run, double v) { run.world.tasks = whole(v); }},
      {"areas", [](Run& run, double v) { run.world.areas = whole(v); }},
      {"noise", [](Run& run, double v) { run.world.noise = v; }},
      {"blur", [](Run& run, double v) { run.world.blur = v; }},
      {"skew", [](Run& run, double v) { run.world.skew = v; }},
      {"skill", [](Run& run, double v) { run.world.skill = v; }},
      {"graded", [](Run& run, double v) { run.world.graded = v != 0; }},
      {"world_seed", [](Run& run, double v) { run.world.seed = whole(v); }},
      {"k", [](Run& run, double v) { run.discover.communities.knn.k = whole(v); }},
      {"exact_limit",
       [](Run& run, double v) { run.discover.communities.knn.exact_limit = whole(v); }},
      {"threads", [](Run& run, double v) { run.discover.communities.knn.threads = whole(v); }},
      {"rbo_p", [](Run& run, double v) { run.discover.communities.rbo_p = v; }},
      {"rbo_percentile", [](Run& run, double v) { run.discover.communities.rbo_percentile = v; }},
      {"rbo_threshold", [](Run& run, double v) { run.discover.communities.rbo_threshold = v; }},
      {"resolution", [](Run& run, double v) { run.discover.communities.resolution = v; }},
      {"iterations",
       [](Run& run, double v) { run.discover.communities.iterations = static_cast<int>(v); }},
      {"enough", [](Run& run, double v) { run.discover.communities.enough = v; }},
      {"min_size", [](Run& run, double v) { run.discover.communities.min_size = whole(v); }},
      {"build_width", [](Run& run, double v) { run.index.build_width = whole(v); }},
      {"width", [](Run& run, double v) { run.index.width = whole(v); }},
      {"recall", [](Run& run, double v) { run.recall = whole(v); }},
      {"seed", [](Run& run, double v) { run.discover.communities.seed = whole(v); }},
  };
}

bool read_settings(int argc, char** argv, Run& run) {
  const std::map<std::string, Setting> known = settings();
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::size_t equals = argument.find('=');
    const auto setting = known.find(argument.substr(0, equals));
    if (equals == std::string::npos || setting == known.end()) {
      fmt::print(stderr, "'{}': expected one of", argument);
      for (const auto& [name, apply] : known) {
        fmt::print(stderr, " {}=", name);
      }
      fmt::print(stderr, "\n");
      return false;
    }
    setting->second(run, std::strtod(argument.c_str() + equals + 1, nullptr));
  }
  return true;
}

Json iterations_of(const discover::Discovered& found) {
  Json iterations = Json::array();
  for (const discover::Iteration& iteration : found.iterations) {
    iterations.push_back({{"nodes", iteration.nodes},
                          {"near_edges", iteration.near_edges},
                          {"kept_edges", iteration.kept_edges},
                          {"rbo_threshold", iteration.rbo_threshold},
                          {"communities", iteration.communities},
                          {"modularity", iteration.quality}});
  }
  return iterations;
}

Json report_of(const Run& run, const bench::World& world, const discover::Discovered& found) {
  const discover::Agreement agreement = discover::agreement(found.task, world.task);
  const auto planted = static_cast<std::size_t>(
      std::count_if(world.task.begin(), world.task.end(), [](int task) { return task >= 0; }));
  return {{"prompts", run.world.prompts},
          {"models", run.world.models},
          {"dimension", run.world.dimension},
          {"outcomes", run.world.graded ? "graded" : "right or wrong"},
          {"planted_tasks", run.world.tasks},
          {"planted_prompts", planted},
          {"tasks", found.tasks.size()},
          {"without_task", found.others.prompts.size()},
          {"nmi", agreement.nmi},
          {"ari", agreement.ari},
          {"compared", agreement.items},
          {"iterations", iterations_of(found)},
          {"seconds",
           {{"neighbours", found.seconds.neighbours},
            {"overlap", found.seconds.overlap},
            {"leiden", found.seconds.leiden},
            {"summary", found.seconds.summary}}}};
}

/// The share of the k nearest that hnswlib finds, as knn_edges asks it, of a few prompts.
base::Result<Json> recall_of(const Run& run, const bench::World& world) {
  const discover::KnnOptions& knn = run.discover.communities.knn;
  const bench::Clock begin = bench::now();
  const ml::NeighbourTable rough =
      TRY(ml::all_nearest_hnsw(world.embeddings, knn.k, knn.threads, run.index));
  const bench::Clock end = bench::now();
  const std::size_t k = rough.columns();
  const std::size_t step = std::max<std::size_t>(1, rough.rows() / run.recall);
  std::size_t asked = 0;
  std::size_t found = 0;
  for (std::size_t i = 0; i < rough.rows(); i += step) {
    std::vector<float> others;
    for (std::size_t j = 0; j < rough.rows(); ++j) {
      others.push_back(ml::inner_product(world.embeddings.row(i), world.embeddings.row(j)));
    }
    std::swap(others[i], others.back());
    others.pop_back();
    const auto kth = others.begin() + static_cast<std::ptrdiff_t>(k) - 1;
    std::nth_element(others.begin(), kth, others.end(), std::greater());
    asked += k;
    found += static_cast<std::size_t>(std::ranges::count_if(
        rough.row(i), [&](const ml::Neighbour& other) { return other.similarity >= *kth; }));
  }
  return Json{{"prompts", rough.rows()},
              {"recall", static_cast<double>(found) / static_cast<double>(asked)},
              {"asked", asked / k},
              {"wall_s", end.wall_s - begin.wall_s},
              {"processor_s", end.processor_s - begin.processor_s},
              {"peak_mib", std::round(bench::peak_mib())}};
}

}  // namespace

int main(int argc, char** argv) {
  Run run;
  if (!read_settings(argc, argv, run)) {
    return 2;
  }
  run.world.threads = run.discover.communities.knn.threads;
  const bench::World world = bench::make_world(run.world);
  if (run.recall > 0) {
    const base::Result<Json> report = recall_of(run, world);
    fmt::print("{}\n", report ? report->dump() : report.error().message);
    return report ? 0 : 1;
  }
  const double before_mib = bench::peak_mib();
  const bench::Clock begin = bench::now();
  const auto found = discover::discover_tasks(world.embeddings, world.qualities, run.discover);
  const bench::Clock end = bench::now();
  if (!found) {
    fmt::print(stderr, "{}\n", found.error().message);
    return 1;
  }
  const std::size_t threads = run.discover.communities.knn.threads;
  Json report = report_of(run, world, *found);
  report["threads"] = threads == 0 ? base::available_threads() : threads;
  report["wall_s"] = end.wall_s - begin.wall_s;
  report["processor_s"] = end.processor_s - begin.processor_s;
  report["peak_mib"] = std::round(bench::peak_mib());
  report["peak_before_mib"] = std::round(before_mib);
  fmt::print("{}\n", report.dump());
  return 0;
}
