// SPDX-License-Identifier: Apache-2.0
// What a request is served by, as one immutable whole: configuration, router, pool, keys. A request
// takes the snapshot of its first moment and holds it to its end; a reload swaps the next one in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/preference.h"
#include "wend/llm/cost.h"
#include "wend/net/http_client.h"
#include "wend/net/request_head.h"
#include "wend/serve/admission.h"
#include "wend/serve/meters.h"
#include "wend/serve/upstream_health.h"
#include "wend/trips/config.h"
#include "wend/trips/route.h"
#include "wend/trips/text_encoder.h"

namespace wend::serve {

/// One OpenAI-compatible server.
struct Upstream {
  std::string name;
  net::Origin origin;
  std::string chat_target;    ///< "/v1/chat/completions"
  std::string authorization;  ///< "Bearer ..."; empty: none. Never shown.
  net::HeaderLines headers;   ///< Of each request, with that one. Never shown.
  std::shared_ptr<UpstreamHealth> health;
  UpstreamMeters meters;
};

/// One model of the configuration.
struct ServedModel {
  std::string id;
  std::size_t upstream = 0;
  std::string name_literal;  ///< What it is called there, as a JSON string.
  std::optional<std::int64_t> context;
  bool can_tools = true;
  bool can_vision = true;
  llm::TokenPrices price;
  ModelMeters meters;
};

struct Snapshot {
  trips::Config config;
  std::vector<Upstream> upstreams;
  std::vector<ServedModel> models;
  KeyRing callers;
  KeyRing admins;
  std::shared_ptr<const trips::TextEncoder> encoder;  ///< Null without an artifact.
  std::optional<trips::RouteTrip> route;              ///< Empty without an artifact.
  core::Preference preference;
  /// For each model of the router its place in `models`; nothing where the configuration lacks it.
  std::vector<std::optional<std::size_t>> served;

  /// The place of a model in `models`.
  std::optional<std::size_t> find_model(std::string_view id) const;

  const Upstream& upstream_of(std::size_t model) const { return upstreams[models[model].upstream]; }
};

/// Reads a variable of the environment; empty where it is not set.
using Environment = std::function<std::string(const std::string& name)>;

/// Builds the whole or says in one sentence why not: a key that is named and not set, an upstream
/// that is no URL, an artifact that cannot be served. What `before` (or nullptr) had loaded and
/// still fits, encoder and health, is taken over.
base::Result<std::shared_ptr<Snapshot>> build_snapshot(const trips::Config& config,
                                                       const Environment& environment,
                                                       const Snapshot* before);

/// The snapshot that serves now. Safe from any thread.
class SnapshotHolder {
 public:
  explicit SnapshotHolder(std::shared_ptr<const Snapshot> first) : snapshot_(std::move(first)) {}

  std::shared_ptr<const Snapshot> get() const {
    const std::lock_guard lock(mutex_);
    return snapshot_;
  }

  void set(std::shared_ptr<const Snapshot> next) {
    const std::lock_guard lock(mutex_);
    snapshot_.swap(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace wend::serve
