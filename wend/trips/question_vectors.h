// SPDX-License-Identifier: Apache-2.0
// Vectors by which two questions are compared. Of a text that is longer than the encoder's window
// most of the vector is what stands around the question, and two questions after one long passage
// would be the same. So each question has two vectors side by side: of its routing text, as a
// router is trained on, and of the question alone, which is the shorter of such a text's first and
// last line. Of any other text the two are one, and the cosine is what it would be.
#pragma once

#include <string>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/trips/embeddings.h"

namespace wend::trips {

/// The text itself where it fits the encoder's window.
base::Result<std::string> question_alone(const std::string& text, TextEmbedder& embedder);

/// (texts, 2 x dim), each half of length 1. `store` and `progress` may be null.
base::Result<base::Matrix> question_vectors(const std::vector<std::string>& texts,
                                            TextEmbedder& embedder,
                                            store::Store* store,
                                            std::size_t threads,
                                            base::Progress* progress);

}  // namespace wend::trips
