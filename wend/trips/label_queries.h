// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "wend/base/result.h"
#include "wend/data/dataset.h"

namespace wend::trips {

/// Queries to be labelled, a JSON object a line (.zst and .gz too): a row of queries.jsonl, of
/// which the prompt alone is needed. A row without an id gets one made from its text, so that it is
/// the same query wherever it stands; without a dataset or task, the file's name for the
/// collection. A bad row is an error with its place: every row is to be paid for.
base::Result<data::Dataset> read_label_queries(const std::string& path, const std::string& name);

}  // namespace wend::trips
