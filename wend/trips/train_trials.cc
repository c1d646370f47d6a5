// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_trials.h"

#include <algorithm>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/file.h"
#include "wend/base/hash.h"

namespace wend::trips {

using base::Result;
using base::Status;
using Json = nlohmann::ordered_json;

namespace {

/// 1 said nothing of the split, the normaliser, the encoder, the tasks and the descriptions.
constexpr int kFormatVersion = 2;

std::string_view name_of(TasksFrom from) {
  switch (from) {
    case TasksFrom::kCollection:
      return "collection";
    case TasksFrom::kFolder:
      return "folder";
    case TasksFrom::kDiscovery:
      return "discovery";
  }
  return "";
}

/// Of the vectors in the order of their texts' hashes; empty without any.
std::string sha256_of(const VectorsByText& vectors) {
  if (vectors.empty()) {
    return "";
  }
  std::map<std::string_view, std::span<const float>> sorted(vectors.begin(), vectors.end());
  base::Sha256 hash;
  for (const auto& [text, vector] : sorted) {
    const auto bytes = std::as_bytes(vector);
    hash.update(text).update({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  return base::to_hex(hash.finish());
}

Result<Json> parsed(const std::string& path) {
  Json json = Json::parse(TRY(base::read_file(path)), nullptr, false);
  if (json.is_object() && json.value("format_version", 0) == kFormatVersion) {
    return json;
  }
  return base::fail_at({path},
                       base::Code::kDataLoss,
                       "{}: expected what --tune has tried, an object of format_version {}; remove "
                       "the file or choose another --out",
                       path,
                       kFormatVersion);
}

Status check_basis(const TrialBasis& kept, const TrialBasis& basis, const std::string& path) {
  for (const auto& [name, value] : basis) {
    const auto found = kept.find(name);
    if (found == kept.end() || found->second != value) {
      return base::fail_at({path},
                           base::Code::kFailedPrecondition,
                           "{}: what was tried there had another '{}'; remove the file or choose "
                           "another --out",
                           path,
                           name);
    }
  }
  return {};
}

}  // namespace

TrialBasis trial_basis(const routers::RouterSpec& spec,
                       const PreparedData& prepared,
                       const eval::Fold& fold) {
  return {{"router", spec.text},
          {"seed", std::to_string(fold.seed)},
          {"train_rows_sha256", data::content_sha256(prepared.table, fold.split.train)},
          {"validation_rows_sha256", data::content_sha256(prepared.table, fold.split.validation)},
          {"normaliser", fold.normaliser.to_json()},
          {"encoder_sha256", prepared.encoder_sha256},
          {"tasks_from", std::string(name_of(prepared.tasks_from))},
          {"descriptions_sha256", sha256_of(prepared.description_vectors)}};
}

Result<TrialRecord> TrialRecord::open(std::string path, TrialBasis basis) {
  TrialRecord record(std::move(path), std::move(basis));
  try {
    TRY(record.read());
  } catch (const nlohmann::json::exception& error) {
    return base::fail_at(
        {record.path_}, base::Code::kDataLoss, "{}: {}", record.path_, error.what());
  }
  return record;
}

Status TrialRecord::read() {
  if (path_.empty() || !std::filesystem::exists(path_)) {
    return {};
  }
  const Json json = TRY(parsed(path_));
  TRY(check_basis(json.at("basis").get<TrialBasis>(), basis_, path_));
  for (const Json& trial : json.at("trials")) {
    tried_.push_back(
        {trial.at("options").get<OptionMap>(), trial.at("validation_utility_sum").get<double>()});
  }
  return {};
}

const Trial* TrialRecord::find(const OptionMap& options) const {
  const auto found = std::ranges::find(tried_, options, &Trial::options);
  return found == tried_.end() ? nullptr : &*found;
}

Status TrialRecord::add(Trial trial) {
  tried_.push_back(std::move(trial));
  if (path_.empty()) {
    return {};
  }
  std::error_code error;  // The write says what is wrong.
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), error);
  Json json = {{"format_version", kFormatVersion}, {"basis", basis_}, {"trials", Json::array()}};
  for (const Trial& tried : tried_) {
    json["trials"].push_back(
        {{"options", tried.options}, {"validation_utility_sum", tried.validation_utility_sum}});
  }
  return base::write_file_atomically(path_, json.dump(1) + "\n");
}

}  // namespace wend::trips
