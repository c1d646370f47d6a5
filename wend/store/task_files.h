// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/query.h"
#include "wend/core/taxonomy.h"
#include "wend/data/dataset.h"

namespace wend::store {

/// Reads taxonomy.json; an error names the file.
base::Result<core::Taxonomy> read_taxonomy(const std::string& path);

/// Replaces the taxonomy and the labels of a loaded collection by taxonomy.json and
/// task_labels.jsonl of `folder` (--tasks DIR). Labels of queries that the collection lacks are
/// passed over; an unknown task id is an error with file and line.
base::Status replace_tasks(data::Dataset& dataset, const std::string& folder);

/// Writes taxonomy.json and task_labels.jsonl, as replace_tasks reads them, into a folder that is
/// made where it is not there.
base::Status write_task_folder(const core::Taxonomy& taxonomy,
                               const std::vector<core::QueryRecord>& queries,
                               const std::vector<core::TaskLabel>& labels,
                               const std::string& folder);

/// A folder of task types by itself: its taxonomy, and as queries the ids that have a label. The
/// data set is named after the folder.
base::Result<data::Dataset> read_task_folder(const std::string& folder);

}  // namespace wend::store
