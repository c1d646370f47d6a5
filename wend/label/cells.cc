// SPDX-License-Identifier: Apache-2.0
#include "wend/label/cells.h"

#include <utility>

#include "wend/llm/ledger_key.h"
#include "wend/llm/wire_render.h"
#include "wend/text/routing_text.h"

namespace wend::label {

Cell cell_at(const Questionnaire& questionnaire, std::size_t index) {
  Cell cell;
  cell.draw = static_cast<std::uint32_t>(index % questionnaire.draws);
  index /= questionnaire.draws;
  cell.candidate = index % questionnaire.candidates.size();
  cell.query = static_cast<std::uint32_t>(index / questionnaire.candidates.size());
  return cell;
}

std::string question_text(const core::QueryRecord& query, const std::string& prompt_template) {
  constexpr std::string_view kPlace = "{{question}}";
  std::string text = text::routing_text(query.context, query.prompt);
  if (prompt_template.empty()) {
    return text;
  }
  std::string filled;
  for (std::size_t at = 0; at < prompt_template.size();) {
    const std::size_t place = std::min(prompt_template.find(kPlace, at), prompt_template.size());
    filled += prompt_template.substr(at, place - at);
    filled += place < prompt_template.size() ? text : "";
    at = place + kPlace.size();
  }
  return filled;
}

llm::PaidCall call_of(const Questionnaire& questionnaire, const Cell& cell) {
  const core::QueryRecord& query = questionnaire.dataset->queries[cell.query];
  const Candidate& candidate = questionnaire.candidates[cell.candidate];
  llm::PaidCall call;
  call.chat.model = candidate.upstream_model;
  call.chat.messages = {{"user", question_text(query, questionnaire.prompt_template)}};
  call.row.key =
      llm::ledger_key({call.chat.messages, candidate.id, questionnaire.parameters, cell.draw});
  call.row.query_id = query.id;
  call.row.prompt_sha256 = llm::prompt_sha256(call.chat.messages);
  call.row.model = candidate.id;
  call.row.parameters_json = llm::parameters_json(questionnaire.parameters);
  call.row.draw = cell.draw;
  call.chat.parameters = llm::with_extra_body(questionnaire.parameters, candidate.extra_body);
  call.prices = candidate.prices;
  return call;
}

}  // namespace wend::label
