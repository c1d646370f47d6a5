// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "wend/llm/chat.h"
#include "wend/llm/cost.h"
#include "wend/llm/ledgered_client.h"

namespace wend::llm {

/// A model that is asked, whatever for.
struct AskedModel {
  std::string id;
  std::size_t lane = 0;        ///< Its upstream's, among the run's.
  std::string upstream_model;  ///< Its name there.
  TokenPrices prices;
  std::string extra_body = "{}";  ///< Sent beside the parameters, and no part of the key.
};

/// What a call is for: kept in the ledger's row.
struct CallPurpose {
  std::string query_id;
  std::uint32_t draw = 0;
};

/// A call to the model, with its ledger key.
PaidCall paid_call(const AskedModel& model,
                   std::vector<ChatMessage> messages,
                   const ChatParameters& parameters,
                   const CallPurpose& purpose);

}  // namespace wend::llm
