// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/serve/chat.h"

namespace wend::serve {

/// GET /v1/models and /v1/models/ID: the virtual names, then the pool.
base::Task<int> answer_models(Services& services, net::HttpExchange& exchange, Admitted admitted);

}  // namespace wend::serve
