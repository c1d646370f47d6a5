// SPDX-License-Identifier: Apache-2.0
// What lies in the two files and how damage is found (docs/formats/artifact.md):
//   manifest.json       = "{\n \"manifest_sha256\": \"" digest "\",\n" rest
//   digest              = SHA-256 of the whole file with the 64 digits of digest replaced by '0'
//   rest                = the manifest's keys, "files": {name: {"bytes", "sha256"}} the last of
//   them weights.safetensors = ml/safetensors.cc
// So no byte of either file can change unseen: white space and the digits themselves included.
#include "wend/ml/artifact.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/hash.h"
#include "wend/ml/safetensors.h"

namespace wend::ml {
namespace {

using base::Code;
using nlohmann::ordered_json;

constexpr std::string_view kManifestName = "manifest.json";
constexpr std::string_view kWeightsName = "weights.safetensors";
constexpr std::string_view kOpening = "{\n";
constexpr std::string_view kBeforeDigest = "{\n \"manifest_sha256\": \"";
constexpr std::string_view kAfterDigest = "\",\n";
constexpr std::size_t kDigestDigits = 64;

std::string without_digest(std::string_view manifest) {
  std::string text(manifest);
  text.replace(kBeforeDigest.size(), kDigestDigits, kDigestDigits, '0');
  return text;
}

/// The object of the manifest; duplicate keys cannot hide anything, for the digest covers the
/// bytes.
base::Result<ordered_json> parse_manifest(std::string_view manifest) {
  ordered_json parsed = ordered_json::parse(manifest, nullptr, false);
  if (!parsed.is_object()) {
    return base::fail(Code::kDataLoss, "{}: expected one JSON object", kManifestName);
  }
  return parsed;
}

base::Status check_version(const ordered_json& manifest) {
  const auto version = manifest.find("format_version");
  if (version == manifest.end() || !version->is_number_integer()) {
    return base::fail(
        Code::kDataLoss, "{}: expected a whole number 'format_version'", kManifestName);
  }
  if (*version > kCorrectedArtifactFormatVersion) {
    return base::fail(Code::kUnimplemented,
                      "{}: format version {} is newer than {}, the newest this program reads; "
                      "use the program that wrote it or train again",
                      kManifestName,
                      version->dump(),
                      kCorrectedArtifactFormatVersion);
  }
  if (*version < 1) {
    return base::fail(
        Code::kDataLoss, "{}: there is no format version {}", kManifestName, version->dump());
  }
  return {};
}

base::Status check_digest(std::string_view manifest) {
  const std::size_t after = kBeforeDigest.size() + kDigestDigits;
  if (manifest.substr(0, kBeforeDigest.size()) != kBeforeDigest ||
      manifest.substr(std::min(after, manifest.size()), kAfterDigest.size()) != kAfterDigest) {
    return base::fail(Code::kDataLoss,
                      "{}: expected 'manifest_sha256' as its first key, on a line of its own",
                      kManifestName);
  }
  if (manifest.substr(kBeforeDigest.size(), kDigestDigits) !=
      base::sha256_hex(without_digest(manifest))) {
    return base::fail(Code::kDataLoss,
                      "{}: its SHA-256 is not the one it records; the file was changed or damaged",
                      kManifestName);
  }
  return {};
}

base::Status check_weights(const ordered_json& manifest, std::string_view weights) {
  const auto files = manifest.find("files");
  if (files == manifest.end() || !files->is_object() || files->size() != 1 ||
      !files->contains(kWeightsName)) {
    return base::fail(
        Code::kDataLoss, "{}: expected 'files' to name {} alone", kManifestName, kWeightsName);
  }
  const ordered_json& recorded = (*files)[std::string(kWeightsName)];
  if (!recorded.is_object() || !recorded.contains("bytes") || !recorded.contains("sha256")) {
    return base::fail(
        Code::kDataLoss, "{}: expected bytes and sha256 of {}", kManifestName, kWeightsName);
  }
  if (recorded["bytes"] != weights.size()) {
    return base::fail(Code::kDataLoss,
                      "{}: has {} bytes where the manifest records {}",
                      kWeightsName,
                      weights.size(),
                      recorded["bytes"].dump());
  }
  if (recorded["sha256"] != base::sha256_hex(weights)) {
    return base::fail(
        Code::kDataLoss,
        "{}: its SHA-256 is not the one the manifest records; the file was changed or damaged",
        kWeightsName);
  }
  return {};
}

}  // namespace

base::Result<ArtifactFiles> seal_artifact(const Artifact& artifact) {
  ordered_json manifest = TRY(parse_manifest(artifact.manifest_json));
  manifest.erase("manifest_sha256");
  manifest.erase("files");
  if (!manifest.contains("format_version")) {
    manifest["format_version"] = kArtifactFormatVersion;
  }
  TRY(check_version(manifest));
  ArtifactFiles files;
  files.weights = to_safetensors(artifact.weights);
  manifest["files"][std::string(kWeightsName)] = {{"bytes", files.weights.size()},
                                                  {"sha256", base::sha256_hex(files.weights)}};
  files.manifest = std::string(kBeforeDigest)
                       .append(kDigestDigits, '0')
                       .append(kAfterDigest)
                       .append(manifest.dump(1).substr(kOpening.size()))
                       .append("\n");
  files.manifest.replace(kBeforeDigest.size(), kDigestDigits, base::sha256_hex(files.manifest));
  return files;
}

base::Result<Artifact> open_artifact(std::string_view manifest,
                                     std::string_view weights,
                                     std::shared_ptr<const void> owner) {
  ordered_json parsed = TRY(parse_manifest(manifest));
  TRY(check_version(parsed));
  TRY(check_digest(manifest));
  TRY(check_weights(parsed, weights));
  Artifact artifact;
  auto tensors = parse_safetensors(weights, std::move(owner));
  if (!tensors) {
    return base::pass_on(std::move(tensors), kWeightsName);
  }
  artifact.weights = *std::move(tensors);
  parsed.erase("manifest_sha256");
  parsed.erase("files");
  artifact.manifest_json = parsed.dump(1);
  return artifact;
}

}  // namespace wend::ml
