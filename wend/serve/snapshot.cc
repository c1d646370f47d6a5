// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/snapshot.h"

#include <algorithm>
#include <utility>

#include "wend/llm/wire_escape.h"

namespace wend::serve {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

Result<std::string> secret(const Environment& environment,
                           const std::string& variable,
                           const std::string& key) {
  std::string value = environment(variable);
  if (value.empty()) {
    return fail(Code::kFailedPrecondition,
                "{}: the environment variable {} is not set or empty; set it, or take the key out "
                "of the configuration",
                key,
                variable);
  }
  if (std::ranges::any_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x21; })) {
    return fail(Code::kFailedPrecondition,
                "{}: the environment variable {} holds white space or control characters; expected "
                "a key as it is sent",
                key,
                variable);
  }
  return value;
}

/// What was met at another address says nothing of this one.
std::shared_ptr<UpstreamHealth> health_of(const std::string& name,
                                          const std::string& base_url,
                                          const Snapshot* before) {
  if (before != nullptr) {
    const auto found = std::ranges::find(before->upstreams, name, &Upstream::name);
    if (found != before->upstreams.end() &&
        before->config.upstreams.at(name).base_url == base_url) {
      return found->health;
    }
  }
  return std::make_shared<UpstreamHealth>();
}

Result<net::HeaderLines> headers_of(const Upstream& upstream) {
  net::Headers headers = {{"content-type", "application/json"},
                          {"accept", "application/json, text/event-stream"},
                          {"accept-encoding", "identity"},
                          {"user-agent", "wend"}};
  if (!upstream.authorization.empty()) {
    headers.add("authorization", upstream.authorization);
  }
  return net::HeaderLines::of(headers);
}

Result<Upstream> build_upstream(const std::string& name,
                                const trips::UpstreamConfig& config,
                                const Environment& environment,
                                const Snapshot* before) {
  const std::string key = "upstreams." + base::key_step(name);
  Upstream upstream;
  upstream.name = name;
  auto url = net::parse_url(config.base_url);
  if (!url) {
    return base::pass_on(std::move(url), key + ".base_url");
  }
  upstream.origin = {*std::move(url), config.allow_private};
  upstream.chat_target = upstream.origin.url.path + "/chat/completions";
  if (!config.api_key_env.empty()) {
    upstream.authorization =
        "Bearer " + TRY(secret(environment, config.api_key_env, key + ".api_key_env"));
  }
  auto headers = headers_of(upstream);
  if (!headers) {
    return base::pass_on(std::move(headers), key);
  }
  upstream.headers = *std::move(headers);
  upstream.health = health_of(name, config.base_url, before);
  return upstream;
}

bool has_word(const std::optional<std::vector<std::string>>& can, std::string_view word) {
  return !can || std::ranges::find(*can, word) != can->end();
}

Result<ServedModel> build_model(const trips::ModelConfig& config,
                                const std::vector<Upstream>& upstreams) {
  if (config.id == "auto" || config.id.starts_with("auto:")) {
    return fail(Code::kFailedPrecondition,
                "models: the id '{}' asks to be routed and can name no model; expected another id",
                config.id);
  }
  const auto upstream = std::ranges::find(upstreams, config.upstream, &Upstream::name);
  if (upstream == upstreams.end()) {
    return fail(Code::kFailedPrecondition,
                "models: '{}' names no upstream; expected upstream: NAME, so that it can be asked",
                config.id);
  }
  const std::string& name = config.upstream_model.empty() ? config.id : config.upstream_model;
  return ServedModel{config.id,
                     static_cast<std::size_t>(upstream - upstreams.begin()),
                     llm::json_literal(name),
                     config.context,
                     has_word(config.can, "tools"),
                     has_word(config.can, "vision"),
                     {config.price.input, config.price.cached_input, config.price.output},
                     {}};
}

Status build_pool(Snapshot& snapshot, const Environment& environment, const Snapshot* before) {
  if (snapshot.config.models.empty()) {
    return fail(Code::kFailedPrecondition,
                "serve: no models; expected models: [{{id: NAME, upstream: NAME}}, ...] in "
                "wend.yaml (`wend init` writes one)");
  }
  for (const auto& [name, config] : snapshot.config.upstreams) {
    snapshot.upstreams.push_back(TRY(build_upstream(name, config, environment, before)));
  }
  for (const trips::ModelConfig& config : snapshot.config.models) {
    snapshot.models.push_back(TRY(build_model(config, snapshot.upstreams)));
  }
  return {};
}

/// A ring without a key lets everybody in, which nobody who names a variable means.
Result<KeyRing> key_ring(const Environment& environment,
                         const std::string& variable,
                         const std::string& key) {
  KeyRing ring(TRY(secret(environment, variable, key)));
  if (ring.is_open()) {
    return fail(Code::kFailedPrecondition,
                "{}: the environment variable {} holds no key; expected keys apart by commas",
                key,
                variable);
  }
  return ring;
}

Status build_keys(Snapshot& snapshot, const Environment& environment) {
  const trips::ServeConfig& serve = snapshot.config.serve;
  if (!serve.api_keys_env.empty()) {
    snapshot.callers = TRY(key_ring(environment, serve.api_keys_env, "serve.api_keys_env"));
  }
  if (!serve.admin_key_env.empty()) {
    snapshot.admins = TRY(key_ring(environment, serve.admin_key_env, "serve.admin_key_env"));
  }
  return {};
}

/// The encoder of the snapshot before, where it is of the same folder.
Result<std::shared_ptr<const trips::TextEncoder>> encoder_for(const trips::Config& config,
                                                              const Snapshot* before) {
  const std::string folder = trips::encoder_folder(config.encoder);
  if (before != nullptr && before->encoder != nullptr &&
      trips::encoder_folder(before->config.encoder) == folder) {
    return before->encoder;
  }
  return trips::TextEncoder::load(folder);
}

Status build_router(Snapshot& snapshot, const Snapshot* before) {
  snapshot.preference = TRY(core::parse_preference(snapshot.config.policy.preference));
  if (snapshot.config.router.artifact.empty()) {
    return {};
  }
  snapshot.encoder = TRY(encoder_for(snapshot.config, before));
  snapshot.route = TRY(trips::RouteTrip::open(
      snapshot.config.router.artifact, snapshot.encoder, snapshot.config.models));
  for (const core::ModelCard& model : snapshot.route->router().models()) {
    snapshot.served.push_back(snapshot.find_model(model.id));
  }
  if (std::ranges::none_of(snapshot.served, [](const auto& place) { return place.has_value(); })) {
    return fail(Code::kFailedPrecondition,
                "router.artifact '{}': none of its models is in the configuration's `models`; "
                "expected the same ids",
                snapshot.config.router.artifact);
  }
  return {};
}

}  // namespace

std::optional<std::size_t> Snapshot::find_model(std::string_view id) const {
  const auto found = std::ranges::find(models, id, &ServedModel::id);
  return found == models.end() ? std::nullopt
                               : std::optional(static_cast<std::size_t>(found - models.begin()));
}

Result<std::shared_ptr<Snapshot>> build_snapshot(const trips::Config& config,
                                                 const Environment& environment,
                                                 const Snapshot* before) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->config = config;
  TRY(build_pool(*snapshot, environment, before));
  TRY(build_keys(*snapshot, environment));
  TRY(build_router(*snapshot, before));
  return snapshot;
}

}  // namespace wend::serve
