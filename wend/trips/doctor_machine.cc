// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "wend/base/file.h"
#include "wend/base/hash.h"
#include "wend/label/run_code.h"
#include "wend/ml/artifact.h"
#include "wend/routers/factory.h"
#include "wend/store/store.h"
#include "wend/trips/doctor_checks.h"
#include "wend/trips/manifest.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

constexpr const char* kWeights = "model.safetensors";

/// The files that tools/fetch_encoder.sh leaves, with their SHA-256.
constexpr std::array<std::pair<const char*, const char*>, 3> kMiniLm = {
    {{kWeights, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"},
     {"tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"},
     {"vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"}}};

/// The known folder against its known sums; a user's own one against what the encoder reads.
Status check_encoder_files(const std::filesystem::path& folder) {
  if (folder.filename() == "all-MiniLM-L6-v2") {
    for (const auto& [file, expected] : kMiniLm) {
      const std::string found = TRY(base::sha256_hex_of_file((folder / file).string()));
      if (found != expected) {
        return fail(Code::kDataLoss,
                    "'{}' has SHA-256 {}..., expected {}...",
                    (folder / file).string(),
                    found.substr(0, 12),
                    std::string_view(expected).substr(0, 12));
      }
    }
  }
  for (const char* const file : {"config.json", kWeights, "tokenizer.json"}) {
    if (!std::filesystem::exists(folder / file)) {
      return fail(Code::kNotFound, "'{}' is missing", (folder / file).string());
    }
  }
  return {};
}

/// Puts the folder in front of what is wrong inside it.
auto in_artifact(const std::string& folder) {
  return [&folder](base::Error error) {
    return std::move(error).with_context(fmt::format("artifact '{}'", folder));
  };
}

/// An artifact as the proxy wants it, or why it cannot have it.
Result<Manifest> servable_manifest(const Config& config) {
  const std::string& folder = config.router.artifact;
  const ml::Artifact artifact = TRY(ml::read_artifact(folder));
  Manifest manifest = TRY(parse_manifest(artifact.manifest_json).map_error(in_artifact(folder)));
  TRY(routers::load_router(artifact).map_error(in_artifact(folder)));
  const std::string weights = encoder_folder(config.encoder) + "/" + kWeights;
  const Result<std::string> encoder = base::sha256_hex_of_file(weights);
  if (encoder && *encoder != manifest.encoder_sha256) {
    return fail(Code::kFailedPrecondition,
                "artifact '{}' was trained on the encoder {}..., but '{}' is {}...",
                folder,
                manifest.encoder_sha256.substr(0, 12),
                weights,
                encoder->substr(0, 12));
  }
  if (manifest.normaliser.kind() != data::NormaliserKind::kNone &&
      !manifest.normaliser.invertible()) {
    return fail(Code::kFailedPrecondition,
                "artifact '{}' has the normaliser {}, which evaluates but cannot be served, since "
                "no cost in currency can be told",
                folder,
                data::normaliser_name(manifest.normaliser.kind()));
  }
  return manifest;
}

/// The models of the configuration that the router has never seen, and the other way about.
std::vector<Check> compare_pools(const Config& config, const Manifest& manifest) {
  std::vector<Check> checks;
  for (const ModelConfig& model : config.models) {
    if (std::ranges::find(manifest.models, model.id, &Manifest::Model::id) ==
        manifest.models.end()) {
      checks.push_back(
          {"artifact",
           Health::kWarn,
           fmt::format("does not know model '{}', so nothing is routed to it", model.id),
           "import its outcomes and train again, or call it by its name"});
    }
  }
  for (const Manifest::Model& model : manifest.models) {
    if (!config.models.empty() &&
        std::ranges::find(config.models, model.id, &ModelConfig::id) == config.models.end()) {
      checks.push_back({"artifact",
                        Health::kWarn,
                        fmt::format("knows model '{}', which the configuration does not have, so "
                                    "it is never chosen",
                                    model.id),
                        "add it under `models`, or leave it"});
    }
  }
  return checks;
}

std::filesystem::path folder_of(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  return folder.empty() ? std::filesystem::path("/") : folder;
}

}  // namespace

Check check_encoder(const std::string& folder) {
  if (const Status whole = check_encoder_files(folder); !whole) {
    return {
        "encoder",
        Health::kFail,
        whole.error().message,
        "tools/fetch_encoder.sh fetches it (remove a damaged folder first), or set encoder.path "
        "to the folder of a BERT"};
  }
  return {"encoder", Health::kOk, folder};
}

std::vector<Check> check_artifact(const Config& config) {
  if (config.router.artifact.empty()) {
    return {{"artifact",
             Health::kWarn,
             "no router.artifact is named, so nothing can be routed",
             "`wend train --router trouter --dataset NAME --out runs/a`, then `router: {artifact: "
             "runs/latest}`"}};
  }
  const Result<Manifest> manifest = servable_manifest(config);
  if (!manifest) {
    return {{"artifact",
             Health::kFail,
             manifest.error().message,
             "make one for this configuration: `wend train --router trouter --dataset NAME "
             "--normaliser reference --out DIR`"}};
  }
  std::vector<Check> checks = {{"artifact",
                                Health::kOk,
                                fmt::format("{}: {}, {} models, trained on '{}'",
                                            config.router.artifact,
                                            manifest->id,
                                            manifest->models.size(),
                                            manifest->dataset)}};
  for (Check& difference : compare_pools(config, *manifest)) {
    checks.push_back(std::move(difference));
  }
  return checks;
}

Check check_store(const std::string& path) {
  if (!std::filesystem::exists(path)) {
    const Status writable = base::check_writable(path);
    return writable ? Check{"store",
                            Health::kOk,
                            fmt::format("{}: not there yet, the first import makes it", path)}
                    : Check{"store",
                            Health::kFail,
                            writable.error().message,
                            "set `store` to a place that can be written"};
  }
  const auto opened = store::open_store(path);
  const auto names = opened ? (*opened)->dataset_names()
                            : Result<std::vector<std::string>>(tl::unexpected(opened.error()));
  if (!names) {
    return {"store",
            Health::kFail,
            names.error().message,
            "set `store` to a store of this version, or move the file away and import again"};
  }
  return {"store", Health::kOk, fmt::format("{}: {} collections", path, names->size())};
}

Check check_disk(const std::string& store_path) {
  constexpr std::uintmax_t kMiB = std::uintmax_t{1} << 20U;
  const std::filesystem::path folder = folder_of(store_path);
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(folder, error);
  if (error) {
    return {
        "disk",
        Health::kWarn,
        fmt::format("the free space of '{}' cannot be told: {}", folder.string(), error.message()),
        "check that the folder exists"};
  }
  const std::uintmax_t free = space.available / kMiB;
  const std::string message = fmt::format("{} MiB free at '{}'", free, folder.string());
  if (free >= 1024) {
    return {"disk", Health::kOk, message};
  }
  return {"disk",
          free < 128 ? Health::kFail : Health::kWarn,
          message,
          "make room, or set `store` to another disk; replies and decisions are written there"};
}

Check check_sandbox(const std::string& python) {
  const auto runner = label::confined_python(python);
  if (!runner) {
    return {"sandbox", Health::kWarn, runner.error().message, "the metric pass@1 alone needs it"};
  }
  return {"sandbox", Health::kOk, fmt::format("programs in replies can be run by {}", python)};
}

Check check_blas(const DoctorProbes& probes) {
  if (!probes.blas) {
    return {"blas", Health::kOk, "not checked"};
  }
  const Result<BlasReport> blas = probes.blas();
  if (!blas) {
    return {"blas",
            Health::kWarn,
            fmt::format("wend-train does not answer, so nothing can be trained: {}",
                        blas.error().message),
            "build it with -DWEND_TRAIN=ON; serving needs it not"};
  }
  if (!blas->warning.empty()) {
    return {"blas", Health::kWarn, blas->warning, "apt-get install libopenblas0-pthread"};
  }
  return {"blas", Health::kOk, fmt::format("{} ({})", blas->name, blas->path)};
}

}  // namespace wend::trips
