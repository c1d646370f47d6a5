// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/artifact_place.h"

#include <filesystem>

#include "wend/ml/artifact.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Status;

namespace fs = std::filesystem;

namespace {

/// The folder that `out` means, with a name and no slash at its end.
fs::path artifact_path(const std::string& out) {
  std::error_code ignored;  // Of an empty name, which is refused further on.
  const fs::path path = fs::absolute(out, ignored).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

Status expect_none_or_link(const fs::path& latest) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(latest, error)) && !fs::is_symlink(latest, error)) {
    return fail(Code::kFailedPrecondition,
                "'{}' is no link, so it was left alone; expected none or a link",
                latest.string());
  }
  return {};
}

}  // namespace

Status check_artifact_folder(const std::string& out) {
  const fs::path folder = artifact_path(out);
  std::error_code error;
  if (fs::is_symlink(folder, error)) {
    // Written through the link, the artifact would replace the one it points at.
    return fail(Code::kInvalidArgument,
                "--out '{}' is a link to '{}'; expected a folder of its own",
                out,
                fs::read_symlink(folder, error).string());
  }
  if (folder.filename() != "latest") {
    TRY(expect_none_or_link(folder.parent_path() / "latest"));
  }
  return ml::check_artifact_target(out);
}

Status point_latest_at(const std::string& out) {
  const fs::path folder = artifact_path(out);
  const fs::path link = folder.parent_path() / "latest";
  if (folder == link) {
    return {};
  }
  TRY(expect_none_or_link(link));
  const fs::path aside = folder.parent_path() / ".latest.tmp";
  std::error_code error;
  fs::remove(aside, error);
  fs::create_directory_symlink(folder.filename(), aside, error);
  if (!error) {
    fs::rename(aside, link, error);
  }
  if (error) {
    return fail(Code::kPermissionDenied, "link '{}': {}", link.string(), error.message());
  }
  return {};
}

}  // namespace wend::trips
