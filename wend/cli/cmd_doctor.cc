// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/cli/hand_over.h"
#include "wend/cli/upstream_probe.h"
#include "wend/cli/verbs.h"
#include "wend/trips/doctor.h"

namespace wend::cli {

using base::Code;
using base::fail;
using base::Result;
using trips::Check;
using trips::Health;

namespace {

Result<trips::BlasReport> ask_for_blas() {
  const std::string answer = TRY(ask_trainer(kBlasQuestion));
  const auto document = nlohmann::json::parse(answer, nullptr, false);
  if (!document.is_object()) {
    return fail(Code::kDataLoss, "its answer is no JSON object");
  }
  return trips::BlasReport{
      document.value("name", ""), document.value("path", ""), document.value("warning", "")};
}

std::size_t count(const std::vector<Check>& checks, Health health) {
  return static_cast<std::size_t>(std::ranges::count(checks, health, &Check::health));
}

void print_json(const std::vector<Check>& checks) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Check& check : checks) {
    list.push_back({{"name", check.name},
                    {"status", trips::health_name(check.health)},
                    {"message", check.message},
                    {"mend", check.mend}});
  }
  const nlohmann::ordered_json document = {{"checks", list},
                                           {"ok", count(checks, Health::kFail) == 0}};
  fmt::print("{}\n", document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_for_a_person(const std::vector<Check>& checks) {
  std::size_t width = 0;
  for (const Check& check : checks) {
    width = std::max(width, check.name.size());
  }
  for (const Check& check : checks) {
    fmt::print(
        "{:<4}  {:<{}}  {}\n", trips::health_name(check.health), check.name, width, check.message);
    if (!check.mend.empty()) {
      fmt::print("{:<{}}  -> {}\n", "", width + 6, check.mend);
    }
  }
  fmt::print("\n{} failed, {} to look at, {} well\n",
             count(checks, Health::kFail),
             count(checks, Health::kWarn),
             count(checks, Health::kOk));
}

Result<int> doctor(const Globals& globals) {
  const Result<trips::LoadedConfig> loaded = load_config(globals);
  const std::string file = globals.config.empty() ? "wend.yaml" : globals.config;
  const trips::DoctorProbes probes = {probe_upstream, ask_for_blas};
  const std::vector<Check> checks =
      trips::diagnose({loaded, file, std::filesystem::exists(file), globals.store}, probes);
  if (globals.json) {
    print_json(checks);
  } else {
    print_for_a_person(checks);
  }
  return count(checks, Health::kFail) == 0 ? 0 : 1;
}

}  // namespace

Run declare_doctor(CLI::App& /*verb*/, const Globals& globals) {
  return [&globals] { return doctor(globals); };
}

}  // namespace wend::cli
