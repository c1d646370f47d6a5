// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "wend/net/http_message.h"
#include "wend/serve/decision_record.h"

namespace wend::serve {

/// The x-wend-* headers of an answer (product.md, "HTTP"). `record` is null where nothing was
/// decided; quality and cost are of the model that answers, which after a fallback is not the one
/// that was chosen.
net::Headers answer_headers(std::span<const AttemptRecord> attempts,
                            const DecisionRecord* record,
                            double overhead_s);

}  // namespace wend::serve
