// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/manifest.h"

#include <nlohmann/json.hpp>

namespace wend::trips {
namespace {

using nlohmann::json;

std::optional<double> number_or_nothing(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || !found->is_number() ? std::nullopt
                                                      : std::optional(found->get<double>());
}

Manifest::Model read_model(const json& object) {
  return {object.at("id").get<std::string>(),
          number_or_nothing(object, "input_price_per_mtok"),
          number_or_nothing(object, "output_price_per_mtok"),
          number_or_nothing(object, "mean_input_tokens"),
          number_or_nothing(object, "mean_output_tokens")};
}

}  // namespace

base::Result<Manifest> parse_manifest(const std::string& text) {
  try {
    const json object = json::parse(text);
    Manifest manifest;
    manifest.id = object.at("id").get<std::string>();
    manifest.router = object.at("router").get<std::string>();
    manifest.encoder_sha256 = object.at("encoder").at("sha256").get<std::string>();
    manifest.dataset = object.at("dataset").get<std::string>();
    manifest.normaliser = TRY(data::Normaliser::parse(object.at("normaliser").dump()));
    for (const json& model : object.at("models")) {
      manifest.models.push_back(read_model(model));
    }
    for (const char* part : {"train", "validation"}) {
      for (const json& hash : object.at("queries").at(part)) {
        manifest.seen_queries.insert(hash.get<std::string>());
      }
    }
    return manifest;
  } catch (const json::exception& exception) {
    return base::fail(base::Code::kDataLoss, "manifest.json: {}", exception.what());
  }
}

}  // namespace wend::trips
