// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_artifact.h"

#include <filesystem>
#include <utility>

#include "wend/trips/manifest.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace fs = std::filesystem;

namespace {

/// Said before any work: an artifact written through the link would replace the one it points at.
Status expect_no_link(const std::string& out) {
  const fs::path target = fs::path(out).lexically_normal();
  std::error_code error;
  const fs::path folder = target.has_filename() ? target : target.parent_path();
  if (fs::is_symlink(folder, error)) {
    return fail(Code::kInvalidArgument,
                "--out '{}' is a link to '{}'; expected a folder of its own",
                out,
                fs::read_symlink(folder, error).string());
  }
  return {};
}

}  // namespace

Status point_latest_at(const std::string& folder) {
  const fs::path target = fs::path(folder).lexically_normal();
  const fs::path name = target.has_filename() ? target.filename() : target.parent_path().filename();
  const fs::path parent =
      fs::absolute(target.has_filename() ? target : target.parent_path()).parent_path();
  const fs::path link = parent / "latest";
  if (name == "latest") {
    return {};
  }
  std::error_code error;
  if (fs::exists(fs::symlink_status(link, error)) && !fs::is_symlink(link, error)) {
    return fail(Code::kFailedPrecondition,
                "'{}' is no link, so it was left alone; expected none or a link",
                link.string());
  }
  const fs::path aside = parent / ".latest.tmp";
  fs::remove(aside, error);
  fs::create_directory_symlink(name, aside, error);
  if (!error) {
    fs::rename(aside, link, error);
  }
  if (error) {
    return fail(Code::kPermissionDenied, "link '{}': {}", link.string(), error.message());
  }
  return {};
}

Result<TrainArtifactReport> train_artifact(const TrainArtifactRequest& request,
                                           const PreparedData& prepared,
                                           base::Progress* progress) {
  TRY(expect_no_link(request.out));
  auto folds =
      TRY(eval::split_folds(prepared.table, {request.shares, request.seed, 1, request.normaliser}));
  const TrainingFold fold = make_training_fold(prepared, std::move(folds.front()));
  TrainArtifactReport report;
  report.fitted = TRY(fit_router({request.router, prepared, fold, request.threads, progress}));
  if (!report.fitted.artifact) {
    return fail(
        Code::kInvalidArgument,
        "router '{}' can be evaluated but not served, so it leaves no artifact; use wend eval",
        request.router.text);
  }
  TRY(ml::write_artifact(*report.fitted.artifact, request.out));
  TRY(point_latest_at(request.out));
  report.artifact_id = TRY(parse_manifest(report.fitted.artifact->manifest_json)).id;
  report.train = fold.set.train.size();
  report.validation = fold.set.validation.size();
  report.test = fold.fold.split.test.size();
  report.data_sha256 = data_sha256(prepared, fold.fold);
  return report;
}

}  // namespace wend::trips
