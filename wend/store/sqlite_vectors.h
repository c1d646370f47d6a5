// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/store/sqlite_database.h"
#include "wend/store/store.h"

namespace wend::store {

/// As Store::find_vectors.
base::Result<Store::CachedVectors> find_vectors(Database& database,
                                                std::string_view encoder_version,
                                                const std::vector<std::string>& text_hashes);

/// As Store::put_vectors. Needs a transaction around it.
base::Status put_vectors(Database& database,
                         std::string_view encoder_version,
                         const std::vector<std::string>& text_hashes,
                         const base::Matrix& vectors);

}  // namespace wend::store
