// SPDX-License-Identifier: Apache-2.0
#include "wend/label/cells.h"

#include "wend/base/template.h"
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

std::size_t index_of(const Questionnaire& questionnaire, const Cell& cell) {
  return (std::size_t{cell.query} * questionnaire.candidates.size() + cell.candidate) *
             questionnaire.draws +
         cell.draw;
}

std::string question_text(const core::QueryRecord& query, const std::string& prompt_template) {
  std::string text = text::routing_text(query.context, query.prompt);
  return prompt_template.empty() ? text
                                 : base::fill_template(prompt_template, {{"question", text}});
}

llm::PaidCall call_of(const Questionnaire& questionnaire, const Cell& cell) {
  const core::QueryRecord& query = questionnaire.dataset->queries[cell.query];
  return llm::paid_call(questionnaire.candidates[cell.candidate],
                        {{"user", question_text(query, questionnaire.prompt_template)}},
                        questionnaire.parameters,
                        {query.id, cell.draw});
}

}  // namespace wend::label
