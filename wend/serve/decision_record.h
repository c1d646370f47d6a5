// SPDX-License-Identifier: Apache-2.0
// What is kept of a decided request (docs/formats/decision_record.md): enough to make the decision
// again and to hold it against what happened. Filled on the I/O thread, written as JSON off it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wend/llm/chat.h"
#include "wend/serve/snapshot.h"
#include "wend/store/store.h"
#include "wend/trips/route.h"

namespace wend::serve {

/// One call to an upstream.
struct AttemptRecord {
  std::string model;
  std::string upstream;
  int status = 0;       ///< HTTP's; 0 where no answer came.
  std::string failure;  ///< Empty for the one that answered.
  double seconds = 0;
};

struct DecisionRecord {
  std::string id;
  std::string owner;
  double time = 0;  ///< Seconds since 1970.
  std::string requested_model;
  std::string endpoint;
  bool stream = false;
  std::shared_ptr<const Snapshot> snapshot;  ///< The decision's indices mean its router.
  trips::RoutedPrompt routed;
  std::string answered_by;    ///< The model whose answer was sent; empty where none was.
  std::string status = "ok";  ///< ok, failed, client_gone, cut.
  std::vector<AttemptRecord> attempts;
  llm::Usage usage;
  std::optional<double> cost;
  std::optional<double> first_byte_s;
  double total_s = 0;
  std::optional<std::string> prompt;  ///< The routing text, where prompts are kept.
};

/// The record as a row of the store.
store::DecisionRow to_row(const DecisionRecord& record);

/// "d-" and 32 hexadecimal digits of chance.
std::string new_decision_id();

}  // namespace wend::serve
