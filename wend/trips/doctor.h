// SPDX-License-Identifier: Apache-2.0
// What `wend doctor` looks at before anything is asked of a model: one line a thing, each with the
// way to mend it. Nothing here stops at the first fault, spends money, or prints a key.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"
#include "wend/trips/config.h"

namespace wend::trips {

enum class Health { kOk, kWarn, kFail };

/// "ok", "warn" or "fail".
std::string_view health_name(Health health);

struct Check {
  std::string name;  ///< What was looked at: "upstream local".
  Health health = Health::kOk;
  std::string message;
  std::string mend = {};  ///< What to do about it; empty where nothing is wrong.
};

/// An upstream's answer to GET {base_url}/models.
struct ModelsAnswer {
  int status = 0;
  std::string body;
};

/// The BLAS that libtorch's products run on, as wend-train tells it.
struct BlasReport {
  std::string name;
  std::string path;
  std::string warning;  ///< Empty where it is a fast one.
};

/// Whom doctor asks beyond the floor of the trips. An empty function: that is not checked, and its
/// line says so.
struct DoctorProbes {
  std::function<base::Result<ModelsAnswer>(const UpstreamConfig& upstream)> upstream;
  std::function<base::Result<BlasReport>()> blas;
};

/// What is examined: a configuration, or the error of reading it, and the store that goes with it.
struct DoctorSubject {
  const base::Result<LoadedConfig>& loaded;
  std::string file;   ///< The configuration's name, for the message.
  bool is_there;      ///< Whether that file exists.
  std::string store;  ///< --store, or empty for the configuration's.
};

/// Every check in the order of a person's reading: configuration, keys, upstreams, models, encoder,
/// artifact, store, disk, sandbox, BLAS. With a configuration that cannot be read, what needs it is
/// left out.
std::vector<Check> diagnose(const DoctorSubject& subject, const DoctorProbes& probes);

}  // namespace wend::trips
