// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"
#include "wend/store/sqlite_database.h"

namespace wend::store {

/// The newest layout this program writes (docs/formats/store.md).
int newest_schema_version();

/// Brings the database up to the newest layout, one step after another in one transaction. Refuses
/// a database of another program and one that a newer Wend has written.
base::Status migrate(Database& database);

}  // namespace wend::store
