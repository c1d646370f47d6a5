// SPDX-License-Identifier: Apache-2.0
#include "wend/encoder/bert_config.h"

#include <cmath>
#include <cstdint>

#include <nlohmann/json.hpp>

namespace wend::encoder {
namespace {

using base::Code;
using base::fail;
using Json = nlohmann::json;

constexpr std::int64_t kLargestSize = 1 << 24;

struct Config {
  const Json& json;
  const std::string& path;

  base::Result<std::size_t> size(const char* key) const {
    const auto found = json.find(key);
    if (found == json.end()) {
      return fail(Code::kInvalidArgument, "'{}': no {}: expected a whole number", path, key);
    }
    if (!found->is_number_integer() || found->get<std::int64_t>() < 1 ||
        found->get<std::int64_t>() > kLargestSize) {
      return fail(Code::kInvalidArgument,
                  "'{}': {} is {}: expected a whole number from 1 to {}",
                  path,
                  key,
                  found->dump(-1, ' ', false, Json::error_handler_t::replace),
                  kLargestSize);
    }
    return static_cast<std::size_t>(found->get<std::int64_t>());
  }

  base::Result<float> positive(const char* key, float fallback) const {
    const auto found = json.find(key);
    if (found == json.end()) {
      return fallback;
    }
    const double value = found->is_number() ? found->get<double>() : NAN;
    if (!(value > 0 && value < 1)) {
      return fail(Code::kInvalidArgument,
                  "'{}': {} is {}: expected a number between 0 and 1",
                  path,
                  key,
                  found->dump(-1, ' ', false, Json::error_handler_t::replace));
    }
    return static_cast<float>(value);
  }

  base::Status exactly(const char* key, const char* expected) const {
    const auto found = json.find(key);
    if (found != json.end() && *found != expected) {
      return fail(Code::kUnimplemented,
                  "'{}': {} is {}: expected \"{}\", the only one this encoder computes",
                  path,
                  key,
                  found->dump(-1, ' ', false, Json::error_handler_t::replace),
                  expected);
    }
    return {};
  }
};

base::Status check_kind(const Config& config) {
  TRY(config.exactly("model_type", "bert"));
  TRY(config.exactly("hidden_act", "gelu"));
  return config.exactly("position_embedding_type", "absolute");
}

}  // namespace

base::Result<BertConfig> parse_bert_config(std::string_view json, const std::string& path) {
  const Json parsed = Json::parse(json, nullptr, false);
  if (!parsed.is_object()) {
    return fail(Code::kInvalidArgument, "'{}': expected a JSON object", path);
  }
  const Config config{parsed, path};
  TRY(check_kind(config));
  BertConfig bert;
  bert.hidden = TRY(config.size("hidden_size"));
  bert.layers = TRY(config.size("num_hidden_layers"));
  bert.heads = TRY(config.size("num_attention_heads"));
  bert.intermediate = TRY(config.size("intermediate_size"));
  bert.vocabulary = TRY(config.size("vocab_size"));
  bert.positions = TRY(config.size("max_position_embeddings"));
  bert.token_types = parsed.contains("type_vocab_size") ? TRY(config.size("type_vocab_size")) : 2;
  bert.layer_norm_epsilon = TRY(config.positive("layer_norm_eps", 1e-12F));
  if (bert.hidden % bert.heads != 0) {
    return fail(Code::kInvalidArgument,
                "'{}': hidden_size {} is not a multiple of num_attention_heads {}",
                path,
                bert.hidden,
                bert.heads);
  }
  return bert;
}

}  // namespace wend::encoder
