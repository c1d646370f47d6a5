// SPDX-License-Identifier: Apache-2.0
// The single looks that diagnose() takes, in two files: at what the configuration names beyond this
// machine (doctor_upstreams.cc), and at what lies on it (doctor_machine.cc).
#pragma once

#include <string>
#include <vector>

#include "wend/trips/doctor.h"

namespace wend::trips {

std::vector<Check> check_keys(const Config& config);
std::vector<Check> check_upstreams(const Config& config, const DoctorProbes& probes);
std::vector<Check> check_pool(const Config& config);

/// The files of the encoder: present, readable, and for the cached all-MiniLM-L6-v2 the known ones.
Check check_encoder(const std::string& folder);
/// The artifact: whole, a router we know, trained on this encoder and on this pool, servable.
std::vector<Check> check_artifact(const Config& config);
Check check_store(const std::string& path);
Check check_disk(const std::string& store_path);
/// Whether replies that are programs can be run here.
Check check_sandbox(const std::string& python);
Check check_blas(const DoctorProbes& probes);

}  // namespace wend::trips
