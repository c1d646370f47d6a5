// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/factory.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "wend/base/suggest.h"
#include "wend/routers/agentic/router.h"
#include "wend/routers/finerouter/router.h"
#include "wend/routers/knn/router.h"
#include "wend/routers/manifest.h"
#include "wend/routers/metric/router.h"
#include "wend/routers/ridge/router.h"
#include "wend/routers/rules/load.h"
#include "wend/routers/trouter/router.h"

namespace wend::routers {
namespace {

struct Entry {
  std::string_view name;
  base::Result<std::unique_ptr<Router>> (*load)(const RouterManifest& manifest,
                                                const ml::TensorMap& weights);
  bool reads_overrides = false;
};

/// One line per kind of artifact, in the order of spec.cc.
constexpr Entry kLoaders[] = {
    {"random", load_random},
    {"smallest", load_fixed_choice},
    {"largest", load_fixed_choice},
    {"adaptive", load_adaptive},
    {"best_static", load_best_static},
    {"zero", load_zero},
    {"model", load_fixed_choice},
    {"knn", load_knn},
    {"ridge", load_ridge},
    {"metric", load_metric},
    {"trouter", load_trouter, true},
    {"agentic_free", load_agentic_free},
    {"finerouter", load_finerouter},
    {"finerouter_tasks", load_finerouter},
    {"finerouter_general", load_finerouter},
};

base::Result<const Entry*> find_loader(const std::string& name) {
  std::vector<std::string> names;
  for (const Entry& entry : kLoaders) {
    if (entry.name == name) {
      return &entry;
    }
    names.emplace_back(entry.name);
  }
  return base::fail(base::Code::kUnimplemented,
                    "manifest.json: this program has no router '{}'{}",
                    name,
                    base::did_you_mean(name, names));
}

}  // namespace

base::Status check_servable(const RouterSpec& spec) {
  const bool known = std::ranges::find(kLoaders, spec.name, &Entry::name) != std::end(kLoaders);
  return known ? base::Status() : tl::unexpected(not_servable(spec));
}

base::Error not_servable(const RouterSpec& spec) {
  return {base::Code::kInvalidArgument,
          fmt::format("router '{}' can be evaluated but not served, so it leaves no artifact; use "
                      "wend eval",
                      spec.text),
          {}};
}

base::Result<std::unique_ptr<Router>> load_router(const ml::Artifact& artifact) {
  const RouterManifest manifest = TRY(RouterManifest::parse(artifact.manifest_json));
  const Entry* entry = TRY(find_loader(manifest.router));
  if (!manifest.overrides.empty() && !entry->reads_overrides) {
    return base::fail(base::Code::kUnimplemented,
                      "manifest.json: router '{}' has no table of task types, so that its "
                      "overrides cannot be applied",
                      manifest.router);
  }
  auto router = entry->load(manifest, artifact.weights);
  if (!router) {
    return base::pass_on(std::move(router),
                         "weights.safetensors of router '" + manifest.router + "'");
  }
  return router;
}

}  // namespace wend::routers
