// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/lanes.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "wend/base/config.h"
#include "wend/base/suggest.h"
#include "wend/llm/upstream_client.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

/// The upstream's key; empty where it needs none. Fails where the environment does not hold it.
Result<std::string> upstream_key(const std::string& name, const UpstreamConfig& upstream) {
  if (upstream.api_key_env.empty()) {
    return std::string();
  }
  const char* const key = std::getenv(upstream.api_key_env.c_str());
  if (key == nullptr || *key == '\0') {
    return fail(Code::kFailedPrecondition,
                "upstream '{}': the environment variable {} is not set; it is to hold the key",
                name,
                upstream.api_key_env);
  }
  return std::string(key);
}

Result<llm::Lane> lane_of(const std::string& name,
                          const UpstreamConfig& config,
                          const CallPatience& patience,
                          std::string api_key) {
  Result<llm::Upstream> upstream = llm::upstream_at(name, config.base_url);
  if (!upstream) {
    return pass_on(std::move(upstream), fmt::format("upstreams.{}.base_url", base::key_step(name)));
  }
  upstream->api_key = std::move(api_key);
  upstream->origin.allow_private = config.allow_private;
  upstream->attempt_timeout = milliseconds(patience.timeout_s);
  upstream->timeouts.first_byte = upstream->attempt_timeout;
  upstream->timeouts.idle = upstream->attempt_timeout;
  upstream->timeouts.connect = std::min(upstream->timeouts.connect, upstream->attempt_timeout);
  llm::Lane lane;
  lane.name = name;
  lane.max_concurrent = static_cast<std::size_t>(config.max_concurrent);
  lane.rate = {config.requests_per_minute, config.tokens_per_minute};
  lane.retry.attempts = static_cast<int>(patience.attempts);
  // Room for every attempt to take its whole time.
  lane.retry.patience += (upstream->attempt_timeout + lane.retry.longest_wait) * patience.attempts;
  lane.connect = [upstream = *std::move(upstream)](boost::asio::io_context& context) {
    return llm::connect_upstream(context, upstream);
  };
  return lane;
}

}  // namespace

Result<const ModelConfig*> find_asked_model(const Config& config,
                                            const std::string& wanted_by,
                                            const std::string& id) {
  const auto model = std::ranges::find(config.models, id, &ModelConfig::id);
  if (model == config.models.end()) {
    std::vector<std::string> known;
    for (const ModelConfig& other : config.models) {
      known.push_back(other.id);
    }
    return fail(Code::kInvalidArgument,
                "{} '{}': no such model in the configuration{}",
                wanted_by,
                id,
                base::did_you_mean(id, known));
  }
  if (model->upstream.empty()) {
    return fail(Code::kInvalidArgument,
                "model '{}' has no upstream to ask; expected models: [{{id: {}, upstream: NAME}}]",
                id,
                id);
  }
  return &*model;
}

bool is_same_model(const ModelConfig& a, const ModelConfig& b) {
  const auto name = [](const ModelConfig& model) {
    return model.upstream_model.empty() ? model.id : model.upstream_model;
  };
  return a.id == b.id || (a.upstream == b.upstream && name(a) == name(b));
}

Result<llm::AskedModel> LaneBook::add(const ModelConfig& model) {
  const UpstreamConfig& upstream = config_.upstreams.at(model.upstream);
  const auto [lane, is_new] = index_.emplace(model.upstream, lanes_.size());
  if (is_new) {
    Result<std::string> key = upstream_key(model.upstream, upstream);
    if (!key && !missing_key_) {
      missing_key_ = key.error();
    }
    lanes_.push_back(
        TRY(lane_of(model.upstream, upstream, patience_, std::move(key).value_or(std::string()))));
  }
  llm::AskedModel asked;
  asked.id = model.id;
  asked.lane = lane->second;
  asked.upstream_model = model.upstream_model.empty() ? model.id : model.upstream_model;
  asked.prices = {model.price.input, model.price.cached_input, model.price.output};
  asked.extra_body = upstream.extra_body;
  return asked;
}

Status check_priced(const llm::AskedModel& model) {
  if (model.prices.input && model.prices.output) {
    return {};
  }
  return fail(Code::kInvalidArgument,
              "--budget: model '{}' has no price to count; expected price: {{input: X, output: Y}} "
              "in its entry of models",
              model.id);
}

}  // namespace wend::trips
