// SPDX-License-Identifier: Apache-2.0
// descriptions.jsonl (docs/formats/discovery.md): what `wend discover --describe` was told of each
// prompt, for discoveries after it. A description tells nothing of outcomes, so that of a test row
// may be among them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/data/outcome_table.h"
#include "wend/store/store.h"
#include "wend/trips/embeddings.h"
#include "wend/trips/find_tasks.h"

namespace wend::trips {

/// Sentences by the id of a query.
using DescriptionsById = std::map<std::string, std::string>;

base::Status write_descriptions(const DescriptionsById& descriptions, const std::string& folder);

/// Of a folder's descriptions.jsonl, or of that file itself; an error names file and line.
base::Result<DescriptionsById> read_descriptions(const std::string& path);

/// What descriptions are embedded with.
struct DescriptionEmbedding {
  TextEmbedder& embedder;
  store::Store& store;
  std::size_t threads = 0;
  base::Progress* progress = nullptr;  ///< May be null.
};

/// Unit vectors of the sentences of the table's queries, by the SHA-256 of their normalised texts.
/// Fails where none of its queries is described.
base::Result<VectorsByText> description_vectors(const DescriptionsById& descriptions,
                                                const data::OutcomeTable& table,
                                                const DescriptionEmbedding& embedding);

}  // namespace wend::trips
