// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/new_record.h"

#include <chrono>
#include <utility>

namespace wend::serve {

DecisionRecord new_record(const Admitted& admitted,
                          const llm::ChatView& view,
                          std::string endpoint,
                          Decided decided) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  DecisionRecord record;
  record.id = new_decision_id();
  record.owner = admitted.owner;
  record.time = std::chrono::duration<double>(now).count();
  record.requested_model = view.model;
  record.endpoint = std::move(endpoint);
  record.stream = view.stream;
  record.snapshot = admitted.snapshot;
  record.routed = std::move(decided.routed);
  if (admitted.snapshot->config.serve.store_prompts) {
    record.prompt = std::move(decided.text);
  }
  return record;
}

}  // namespace wend::serve
