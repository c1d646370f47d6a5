// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/config.h"
#include "wend/base/result.h"

namespace wend::trips {

struct EncoderConfig {
  std::string path;  ///< Empty: the cached all-MiniLM-L6-v2.

  void fields(base::ConfigVisitor& visitor);
};

struct UpstreamConfig {
  std::string base_url;
  std::string api_key_env;
  bool allow_private = false;
  std::int64_t max_concurrent = 4;
  std::optional<double> requests_per_minute;
  std::optional<double> tokens_per_minute;
  std::string extra_body = "{}";
  bool json_schema = false;

  void fields(base::ConfigVisitor& visitor);
};

struct PriceConfig {
  std::optional<double> input;
  std::optional<double> cached_input;
  std::optional<double> output;

  void fields(base::ConfigVisitor& visitor);
};

struct ModelConfig {
  std::string id;
  std::string upstream;
  std::string upstream_model;
  std::string description;
  PriceConfig price;
  std::optional<std::int64_t> context;
  std::optional<std::vector<std::string>> can;

  void fields(base::ConfigVisitor& visitor);
};

struct RouterConfig {
  std::string artifact;

  void fields(base::ConfigVisitor& visitor);
};

struct PolicyConfig {
  std::string preference = "balanced";
  std::optional<double> max_cost;

  void fields(base::ConfigVisitor& visitor);
};

struct TrainConfig {
  std::string split = "0.7:0.1:0.2";
  std::string normaliser = "reference";

  void fields(base::ConfigVisitor& visitor);
};

struct EvalConfig {
  std::int64_t seeds = 5;
  std::int64_t resamples = 10000;
  std::string prompt_llm;
  std::int64_t prompt_llm_max_tokens = 40;
  std::string prompt_llm_parameters = "{}";

  void fields(base::ConfigVisitor& visitor);
};

/// The proxy.
struct ServeConfig {
  std::string listen = "127.0.0.1:8484";
  std::string admin = "127.0.0.1:8485";
  std::string api_keys_env;
  std::string admin_key_env;
  std::int64_t threads = 0;
  std::int64_t inference_threads = 0;
  std::int64_t inference_queue = 128;
  std::int64_t max_connections = 10000;
  std::int64_t max_body_bytes = 4 << 20;
  std::int64_t max_bodies_bytes = 256 << 20;
  std::int64_t max_response_bytes = 16 << 20;
  std::int64_t attempts = 3;
  double request_timeout_s = 600;
  double connect_timeout_s = 5;
  double first_byte_timeout_s = 120;
  double idle_timeout_s = 60;
  double head_timeout_s = 10;
  double keep_alive_s = 75;
  double write_timeout_s = 30;
  double drain_s = 30;
  bool store_decisions = true;
  bool store_prompts = false;
  std::int64_t decision_queue = 4096;
  bool log_requests = false;

  void fields(base::ConfigVisitor& visitor);
};

/// How models are asked when they answer the queries of a data set.
struct LabelConfig {
  std::int64_t max_tokens = 512;
  double temperature = 0;
  std::string parameters = "{}";
  std::string prompt_template;
  double timeout_s = 120;
  std::int64_t attempts = 5;
  std::string python = "python3";
  std::string judge;
  std::int64_t judge_max_tokens = 20;
  double judge_temperature = 0;
  std::string judge_parameters = "{}";
  std::string annotator;
  std::int64_t annotator_max_tokens = 40;
  std::string annotator_parameters = "{}";

  void fields(base::ConfigVisitor& visitor);
};

/// Files in the place of the prompts that come with the program.
struct PromptsConfig {
  std::string folder;
  std::string judge;
  std::string annotate;
  std::string prompt_llm;

  void fields(base::ConfigVisitor& visitor);
};

/// A broad area of tasks, for synthesis to begin with.
struct DomainConfig {
  std::string name;
  std::string definition;
  std::string example;

  void fields(base::ConfigVisitor& visitor);
};

/// How a taxonomy and its questions are written.
struct SynthConfig {
  std::string generator;
  std::string auditor;
  std::vector<DomainConfig> domains;
  std::int64_t max_domains = 10;
  std::int64_t max_new_domains = 4;
  std::int64_t max_subcategories = 10;
  std::int64_t max_levels = 5;
  std::string profile_level = "difficulty";
  std::int64_t stable_rounds = 3;
  std::int64_t max_rounds = 10;
  std::int64_t shots = 40;
  std::int64_t batch = 8;
  std::int64_t extra_batches = 4;
  double most_alike = 0.9;
  double most_alike_across = 0.95;
  std::int64_t max_tokens = 4096;
  double temperature = 0.7;
  std::string parameters = "{}";
  double timeout_s = 300;
  std::int64_t attempts = 5;

  void fields(base::ConfigVisitor& visitor);
};

/// How a model describes prompts and names the tasks that are discovered in them.
struct DiscoverConfig {
  std::string describer;
  std::int64_t describer_max_tokens = 48;
  std::int64_t namer_max_tokens = 120;
  std::string describer_parameters = "{}";

  void fields(base::ConfigVisitor& visitor);
};

/// wend.yaml: every key with its default.
struct Config {
  std::string store = "wend.db";
  std::string currency = "USD";
  EncoderConfig encoder;
  std::map<std::string, UpstreamConfig> upstreams;
  std::vector<ModelConfig> models;
  RouterConfig router;
  PolicyConfig policy;
  TrainConfig train;
  EvalConfig eval;
  ServeConfig serve;
  LabelConfig label;
  PromptsConfig prompts;
  SynthConfig synth;
  DiscoverConfig discover;

  void fields(base::ConfigVisitor& visitor);
};

/// Where a configuration comes from: a file and the --set overrides.
struct ConfigSource {
  std::optional<std::string>
      file;  ///< Named by the user, so it must exist; nullopt: ./wend.yaml where there is one.
  std::vector<std::string> sets;
};

struct LoadedConfig {
  Config config;
  std::vector<base::EffectiveValue> effective;
};

/// Reads and checks a configuration: types and bounds, unique model ids, upstreams that exist.
base::Result<LoadedConfig> load_config(const ConfigSource& source);

/// The folder of the encoder's files: the configured one, else $WEND_ENCODER, else the cached
/// all-MiniLM-L6-v2.
std::string encoder_folder(const EncoderConfig& config);

/// The commented wend.yaml that `wend init` writes.
std::string example_config();

/// Writes `folder`/wend.yaml; an existing file is left alone unless `overwrite`. Returns the path.
enum class Overwrite { kNo, kYes };
base::Result<std::string> write_example_config(const std::string& folder, Overwrite overwrite);

/// docs/config.md: every key with its default and sentence.
std::string config_reference();

}  // namespace wend::trips
