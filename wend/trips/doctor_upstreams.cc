// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "wend/trips/doctor_checks.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;

namespace {

const char* value_of(const std::string& variable) {
  const char* const value = std::getenv(variable.c_str());
  return value == nullptr ? "" : value;
}

/// A key with white space around it comes from a file with a last newline, and no server knows it.
bool has_outer_space(std::string_view key) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  return !key.empty() && (is_space(key.front()) || is_space(key.back()));
}

Check check_key(const std::string& variable, const std::vector<std::string>& users) {
  const std::string name = "key " + variable;
  const std::string_view key = value_of(variable);
  if (key.empty()) {
    return {name,
            Health::kFail,
            fmt::format("not set, but needed by upstream {}", fmt::join(users, ", ")),
            fmt::format("export {}=... in the environment that starts wend", variable)};
  }
  if (has_outer_space(key)) {
    return {name,
            Health::kFail,
            "set, but it begins or ends with white space",
            fmt::format("set {} to the key alone", variable)};
  }
  return {name, Health::kOk, fmt::format("set, for upstream {}", fmt::join(users, ", "))};
}

/// The ids of an OpenAI-shaped list of models.
Result<std::set<std::string>> listed_models(const std::string& body) {
  const auto document = nlohmann::json::parse(body, nullptr, false);
  const auto data = document.is_object() ? document.find("data") : document.end();
  if (!document.is_object() || data == document.end() || !data->is_array()) {
    return fail(Code::kDataLoss, "expected {{\"data\":[{{\"id\"}}]}}");
  }
  std::set<std::string> ids;
  for (const auto& model : *data) {
    if (model.is_object() && model.contains("id") && model["id"].is_string()) {
      ids.insert(model["id"].get<std::string>());
    }
  }
  return ids;
}

/// What the configuration wants of an upstream and the upstream does not list.
std::vector<std::string> unlisted(const Config& config,
                                  const std::string& upstream,
                                  const std::set<std::string>& listed) {
  std::vector<std::string> missing;
  for (const ModelConfig& model : config.models) {
    const std::string& wanted = model.upstream_model.empty() ? model.id : model.upstream_model;
    if (model.upstream == upstream && !listed.contains(wanted)) {
      missing.push_back("'" + wanted + "'");
    }
  }
  return missing;
}

/// An upstream that answered 200: does it know the models that are asked of it?
Check judge_list(const Config& config, const std::string& upstream, const std::string& body) {
  const std::string name = "upstream " + upstream;
  const auto listed = listed_models(body);
  if (!listed) {
    return {name,
            Health::kWarn,
            fmt::format("answers, but its list of models is none: {}", listed.error().message),
            fmt::format("check that upstreams.{}.base_url ends where its OpenAI-compatible API "
                        "begins, mostly in /v1",
                        upstream)};
  }
  const std::vector<std::string> missing = unlisted(config, upstream, *listed);
  if (!missing.empty()) {
    return {name,
            Health::kWarn,
            fmt::format("answers, but does not list {}", fmt::join(missing, ", ")),
            fmt::format("correct upstream_model of its models; it lists {}",
                        listed->empty() ? "none" : fmt::format("{}", fmt::join(*listed, ", ")))};
  }
  return {name, Health::kOk, fmt::format("answers and lists {} models", listed->size())};
}

Check judge_answer(const Config& config, const std::string& upstream, const ModelsAnswer& answer) {
  const std::string name = "upstream " + upstream;
  if (answer.status == 200) {
    return judge_list(config, upstream, answer.body);
  }
  if (answer.status == 401 || answer.status == 403) {
    return {name,
            Health::kFail,
            fmt::format("refuses us with status {}", answer.status),
            fmt::format("check the key that upstreams.{}.api_key_env names", upstream)};
  }
  return {name,
          Health::kWarn,
          fmt::format("answers GET /models with status {}; not every server has that path",
                      answer.status),
          fmt::format("check upstreams.{}.base_url, or try a chat through it", upstream)};
}

Check check_upstream(const Config& config,
                     const std::string& upstream,
                     const UpstreamConfig& section,
                     const DoctorProbes& probes) {
  const std::string name = "upstream " + upstream;
  if (section.base_url.empty()) {
    return {name,
            Health::kFail,
            "has no base_url",
            fmt::format("say upstreams.{}.base_url, as in http://127.0.0.1:8081/v1", upstream)};
  }
  if (!probes.upstream) {
    return {name, Health::kOk, fmt::format("not checked: {}", section.base_url)};
  }
  const Result<ModelsAnswer> answer = probes.upstream(section);
  if (!answer) {
    return {name,
            Health::kFail,
            fmt::format("does not answer at {}: {}", section.base_url, answer.error().message),
            "start it, or correct its base_url"};
  }
  return judge_answer(config, upstream, *answer);
}

/// What is taken for granted of a model because the configuration does not say it.
std::vector<std::string> assumptions(const ModelConfig& model) {
  std::vector<std::string> assumed;
  if (!model.can) {
    assumed.emplace_back("no `can`, so it counts as able to do everything");
  }
  if (!model.context) {
    assumed.emplace_back("no `context`, so it counts as unlimited");
  }
  if (!model.price.input || !model.price.output) {
    assumed.emplace_back("no whole price, so what it really costs is not known");
  }
  return assumed;
}

Check check_model(const ModelConfig& model) {
  const std::string name = "model " + model.id;
  if (model.upstream.empty()) {
    return {name,
            Health::kWarn,
            "has no upstream, so nobody can be asked",
            "name one of the section `upstreams`"};
  }
  const std::vector<std::string> assumed = assumptions(model);
  if (assumed.empty()) {
    return {name, Health::kOk, "served by " + model.upstream};
  }
  return {name,
          Health::kWarn,
          fmt::format("{}", fmt::join(assumed, "; ")),
          "add what is known, as in {can: [tools], context: 32768, price: {input: 0.1, output: "
          "0.4}}"};
}

}  // namespace

std::vector<Check> check_keys(const Config& config) {
  std::map<std::string, std::vector<std::string>> users;
  for (const auto& [upstream, section] : config.upstreams) {
    if (!section.api_key_env.empty()) {
      users[section.api_key_env].push_back(upstream);
    }
  }
  std::vector<Check> checks;
  checks.reserve(users.size());
  for (const auto& [variable, upstreams] : users) {
    checks.push_back(check_key(variable, upstreams));
  }
  return checks;
}

std::vector<Check> check_upstreams(const Config& config, const DoctorProbes& probes) {
  std::vector<Check> checks;
  for (const auto& [upstream, section] : config.upstreams) {
    checks.push_back(check_upstream(config, upstream, section, probes));
  }
  return checks;
}

std::vector<Check> check_pool(const Config& config) {
  if (config.models.empty()) {
    return {{"models",
             Health::kWarn,
             "there are none, so nothing can be served or labelled",
             "list them under `models`, as `wend init` shows"}};
  }
  std::vector<Check> checks;
  for (const ModelConfig& model : config.models) {
    checks.push_back(check_model(model));
  }
  return checks;
}

}  // namespace wend::trips
