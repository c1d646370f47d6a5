// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/doctor.h"

#include <iterator>
#include <utility>

#include "wend/trips/doctor_checks.h"

namespace wend::trips {
namespace {

Check check_configuration(const DoctorSubject& subject) {
  if (!subject.loaded) {
    return {"configuration",
            Health::kFail,
            subject.loaded.error().message,
            "correct it; `wend config` lists every key"};
  }
  if (!subject.is_there) {
    return {"configuration",
            Health::kWarn,
            fmt::format("there is no '{}', so every key has its default", subject.file),
            "`wend init` writes one"};
  }
  const Config& config = subject.loaded->config;
  return {"configuration",
          Health::kOk,
          fmt::format("{}: {} upstreams, {} models",
                      subject.file,
                      config.upstreams.size(),
                      config.models.size())};
}

void append(std::vector<Check>& all, std::vector<Check> more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

}  // namespace

std::string_view health_name(Health health) {
  switch (health) {
    case Health::kOk:
      return "ok";
    case Health::kWarn:
      return "warn";
    case Health::kFail:
      break;
  }
  return "fail";
}

std::vector<Check> diagnose(const DoctorSubject& subject, const DoctorProbes& probes) {
  std::vector<Check> checks = {check_configuration(subject)};
  const Config config = subject.loaded ? subject.loaded->config : Config{};
  if (subject.loaded) {
    append(checks, check_keys(config));
    append(checks, check_upstreams(config, probes));
    append(checks, check_pool(config));
  }
  checks.push_back(check_encoder(encoder_folder(config.encoder)));
  if (subject.loaded) {
    append(checks, check_artifact(config));
  }
  const std::string& store = subject.store.empty() ? config.store : subject.store;
  checks.push_back(check_store(store));
  checks.push_back(check_disk(store));
  checks.push_back(check_sandbox(config.label.python));
  checks.push_back(check_blas(probes));
  return checks;
}

}  // namespace wend::trips
