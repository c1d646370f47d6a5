// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/serve/chat.h"

namespace wend::serve {

/// GET /v1/decisions/ID: the record, for the key it was made with and for nobody else.
base::Task<int> answer_decision(Services& services, net::HttpExchange& exchange, Admitted admitted);

}  // namespace wend::serve
