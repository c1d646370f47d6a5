// SPDX-License-Identifier: Apache-2.0
#include "wend/eval/decisions.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "wend/base/file.h"
#include "wend/core/preference.h"

namespace wend::eval {

namespace {

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_number(float value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "null";
}

}  // namespace

struct DecisionsFile::Stream {
  std::string path;
  std::string temporary;
  std::ofstream out;

  base::Status failure(std::string_view what) const {
    return base::fail(
        base::Code::kUnavailable, "{} decisions to '{}': the file system refused", what, path);
  }
};

std::string decision_line(const Choice& choice,
                          const PlannedRow& row,
                          const data::OutcomeTable& table) {
  return fmt::format(
      "{{\"seed\":{},\"router\":{},\"source\":\"{}\",\"preference\":\"{}\",\"query_id\":{},"
      "\"model\":{},\"predicted_quality\":{},\"predicted_cost\":{},\"asking_cost\":{}}}\n",
      choice.seed,
      json_string(row.spec.text),
      source_name(row.source),
      core::kNamedPreferences[choice.preference].name,
      json_string(table.queries[choice.row].id),
      json_string(table.models[choice.model].id),
      json_number(choice.predicted_quality),
      json_number(choice.predicted_cost),
      choice.asking_cost);
}

DecisionsFile::DecisionsFile(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

DecisionsFile::DecisionsFile(DecisionsFile&&) noexcept = default;

DecisionsFile::~DecisionsFile() {
  if (stream_) {
    stream_->out.close();
    std::error_code ignored;
    std::filesystem::remove(stream_->temporary, ignored);
  }
}

base::Result<DecisionsFile> DecisionsFile::create(std::string path) {
  auto stream = std::make_unique<Stream>();
  stream->temporary = fmt::format("{}.{}.partial", path, ::getpid());
  stream->path = std::move(path);
  stream->out.open(stream->temporary, std::ios::binary | std::ios::trunc);
  if (!stream->out) {
    return base::fail(base::Code::kPermissionDenied,
                      "--decisions '{}': cannot create it; expected a path in an existing folder "
                      "that may be written",
                      stream->path);
  }
  return DecisionsFile(std::move(stream));
}

base::Status DecisionsFile::append(const Replay& replay,
                                   const PlannedRow& row,
                                   const data::OutcomeTable& table) {
  for (const Choice& choice : replay.choices) {
    stream_->out << decision_line(choice, row, table);
  }
  return stream_->out ? base::Status{} : stream_->failure("write");
}

base::Status DecisionsFile::finish() {
  stream_->out.close();
  if (!stream_->out) {
    return stream_->failure("write");
  }
  TRY(base::sync_path(stream_->temporary));
  if (std::rename(stream_->temporary.c_str(), stream_->path.c_str()) != 0) {
    return stream_->failure("move");
  }
  stream_.reset();
  return {};
}

}  // namespace wend::eval
