// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/hand_over.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <unistd.h>

#include "wend/base/stop.h"

namespace wend::cli {

base::Status hand_over_to_trainer(char** argv) {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string trainer =
      (self.parent_path().parent_path() / "libexec" / "wend-train").lexically_normal().string();
  TRY(base::check_stop());  // The flag would not outlive this program.
  ::execv(trainer.c_str(), argv);
  return base::fail(base::Code::kNotFound,
                    "start '{}', which does the training: {}; build it with -DWEND_TRAIN=ON",
                    trainer,
                    std::strerror(errno));
}

}  // namespace wend::cli
