// SPDX-License-Identifier: Apache-2.0
// How long TRouter takes to train at the paper's size: 13,410 train and 4,470 validation queries,
// 447 tasks, 6 models (30 and 10 queries a task), made here from a seed. Prints one JSON line.
//   bench_train_epoch [EPOCHS] [THREADS] [OPTIONS]      3 epochs, all threads, "profile=paper"
//   unless told
// "seconds_20_epochs" is measured with EPOCHS = 20, else scaled up from the epochs that ran.
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "wend/base/parallel.h"
#include "wend/base/random.h"
#include "wend/routers/trouter/train.h"
#include "wend/train/runtime.h"

namespace {

using wend::base::Matrix;
using wend::base::Random;

constexpr std::size_t kTasks = 447;
constexpr std::size_t kModels = 6;
constexpr std::size_t kDimension = 384;
constexpr std::size_t kEpochsOfThePaper = 20;

Matrix task_centres(Random& random) {
  Matrix centres(kTasks, kDimension);
  for (float& value : centres.values()) {
    value = static_cast<float>(random.normal());
  }
  return centres;
}

/// `each` queries about every task's centre; outcomes drawn at a rate of each (task, model).
wend::data::Examples examples(std::size_t each,
                              const Matrix& centres,
                              const Matrix& rates,
                              Random& random) {
  const std::size_t rows = each * kTasks;
  Matrix pooled(rows, kDimension);
  wend::data::Examples part;
  part.quality = Matrix(rows, kModels);
  part.cost_normalised = Matrix(rows, kModels);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t task = row % kTasks;
    for (std::size_t i = 0; i < kDimension; ++i) {
      pooled(row, i) = centres(task, i) + 1.5F * static_cast<float>(random.normal());
    }
    for (std::size_t model = 0; model < kModels; ++model) {
      part.quality(row, model) =
          random.uniform() < static_cast<double>(rates(task, model)) ? 1.0F : 0.0F;
      part.cost_normalised(row, model) = 0.15F * static_cast<float>(model);
    }
    part.labels.push_back(
        {{static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(task), 1.0F}});
  }
  part.embeddings = wend::data::Embeddings::from_pooled(pooled);
  return part;
}

wend::data::TrainingSet synthetic_set() {
  Random random(1);
  wend::data::TrainingSet set;
  const Matrix centres = task_centres(random);
  Matrix rates(kTasks, kModels);
  for (float& rate : rates.values()) {
    rate = static_cast<float>(random.uniform());
  }
  std::vector<wend::core::TaskNode> nodes(kTasks);
  for (std::size_t task = 0; task < kTasks; ++task) {
    nodes[task].id = fmt::format("t{}", task);
    nodes[task].name = nodes[task].id;
  }
  set.taxonomy = wend::core::Taxonomy::build(std::move(nodes)).value();
  set.task_embeddings = wend::data::Embeddings::from_pooled(centres);
  set.models.resize(kModels);
  set.train = examples(30, centres, rates, random);
  set.validation = examples(10, centres, rates, random);
  set.has_costs = true;
  return set;
}

struct Usage {
  double peak_rss_mb = 0;
  double cpu_seconds = 0;  ///< Of all threads: what to compare on a machine that others use too.
};

Usage usage_so_far() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return {static_cast<double>(usage.ru_maxrss) / 1024.0,
          seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}

}  // namespace

int main(int argc, char** argv) {
  const std::string epochs = argc > 1 ? argv[1] : "3";
  const std::size_t threads = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 0;
  const std::string options = argc > 3 ? argv[3] : "profile=paper";
  const auto spec = wend::routers::parse_router_spec(
      fmt::format("trouter{{epochs={},patience=10000,{}}}", epochs, options));
  if (!spec) {
    fmt::print(stderr, "{}\n", spec.error().message);
    return 2;
  }
  const wend::data::TrainingSet set = synthetic_set();
  const Usage before = usage_so_far();
  const auto begun = std::chrono::steady_clock::now();
  const auto trained = wend::routers::train_trouter(*spec, {set, nullptr, nullptr, threads});
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  if (!trained) {
    fmt::print(stderr, "{}\n", trained.error().message);
    return 1;
  }
  const Usage after = usage_so_far();
  const auto ran = static_cast<double>(trained->report.epochs);
  fmt::print(
      "{{\"queries\":{},\"tasks\":{},\"models\":{},\"parameters\":{},\"options\":\"{}\",\"epochs\":"
      "{},"
      "\"threads\":{},\"seconds\":{:.1f},\"seconds_per_epoch\":{:.2f},\"seconds_20_epochs\":{:.1f},"
      "\"cpu_seconds\":{:.1f},\"peak_rss_mb\":{:.0f},\"blas\":\"{}\",\"validation_utility_sum\":{:."
      "4f}}}\n",
      set.train.size(),
      kTasks,
      kModels,
      trained->report.parameters,
      options,
      trained->report.epochs,
      threads == 0 ? wend::base::available_threads() : threads,
      seconds,
      seconds / ran,
      seconds / ran * static_cast<double>(kEpochsOfThePaper),
      after.cpu_seconds - before.cpu_seconds,
      after.peak_rss_mb,
      wend::train::loaded_blas().name,
      trained->report.validation_utility_sum);
  return 0;
}
