// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/train_factory.h"

#include <string_view>

#include "wend/routers/knn/train.h"
#include "wend/routers/metric/train.h"
#include "wend/routers/ridge/train.h"
#include "wend/routers/rules/train.h"
#include "wend/routers/trouter/train.h"

namespace wend::routers {
namespace {

struct Entry {
  std::string_view name;
  base::Result<TrainedRouter> (*train)(const RouterSpec& spec, const TrainContext& context);
};

/// One line per router, in the order of spec.cc.
constexpr Entry kTrainers[] = {
    {"random", train_random},
    {"smallest", train_smallest},
    {"largest", train_largest},
    {"adaptive", train_adaptive},
    {"best_static", train_means},
    {"zero", train_means},
    {"task_oracle", train_task_oracle},
    {"oracle", train_oracle},
    {"model", train_model},
    {"knn", train_knn},
    {"ridge", train_ridge},
    {"metric", train_metric},
    {"trouter", train_trouter},
};

}  // namespace

base::Result<TrainedRouter> train_router(const RouterSpec& spec, const TrainContext& context) {
  for (const Entry& entry : kTrainers) {
    if (entry.name == spec.name) {
      return entry.train(spec, context);
    }
  }
  return base::fail(base::Code::kUnimplemented,
                    "router '{}' can be named but not trained by this program",
                    spec.name);
}

}  // namespace wend::routers
