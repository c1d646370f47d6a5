// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/train_factory.h"

#include <string_view>
#include <utility>

#include "wend/routers/agentic/train.h"
#include "wend/routers/agentic/train_labelled.h"
#include "wend/routers/finerouter/train.h"
#include "wend/routers/knn/train.h"
#include "wend/routers/metric/train.h"
#include "wend/routers/prompt_llm/train.h"
#include "wend/routers/ridge/train.h"
#include "wend/routers/rules/train.h"
#include "wend/routers/trouter/train.h"

namespace wend::routers {
namespace {

struct Entry {
  std::string_view name;
  base::Result<TrainedRouter> (*train)(const RouterSpec& spec, const TrainContext& context);
  base::Status (*check_needs)(const RouterSpec& spec, const data::OutcomeTable& table) = nullptr;
};

/// One line per router, in the order of spec.cc.
constexpr Entry kTrainers[] = {
    {"random", train_random},
    {"smallest", train_smallest, check_known_sizes},
    {"largest", train_largest, check_known_sizes},
    {"adaptive", train_adaptive, check_known_sizes},
    {"best_static", train_means},
    {"zero", train_means},
    {"task_oracle", train_task_oracle},
    {"oracle", train_oracle},
    {"model", train_model, check_model},
    {"knn", train_knn},
    {"ridge", train_ridge},
    {"metric", train_metric},
    {"trouter", train_trouter},
    {"agentic_free", train_agentic_free},
    {"agentic", train_agentic},
    {"prompt_llm", train_prompt_llm},
    {"finerouter", train_finerouter},
    {"finerouter_tasks", train_finerouter},
    {"finerouter_general", train_finerouter},
};

/// What reads a SPEC names it already; what learns does not know it.
base::Error naming(const RouterSpec& spec, base::Error error) {
  return error.message.starts_with("router '")
             ? std::move(error)
             : std::move(error).with_context(fmt::format("router '{}'", spec.text));
}

}  // namespace

base::Status check_needs(const RouterSpec& spec, const data::OutcomeTable& table) {
  for (const Entry& entry : kTrainers) {
    if (entry.name == spec.name && entry.check_needs != nullptr) {
      return entry.check_needs(spec, table).map_error([&](base::Error error) {
        return naming(spec, std::move(error));
      });
    }
  }
  return {};
}

base::Result<TrainedRouter> train_router(const RouterSpec& spec, const TrainContext& context) {
  for (const Entry& entry : kTrainers) {
    if (entry.name == spec.name) {
      return entry.train(spec, context).map_error([&](base::Error error) {
        return naming(spec, std::move(error));
      });
    }
  }
  return base::fail(base::Code::kUnimplemented,
                    "router '{}' can be named but not trained by this program",
                    spec.name);
}

}  // namespace wend::routers
