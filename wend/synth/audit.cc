// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/audit.h"

#include <algorithm>
#include <utility>

#include "wend/base/stop.h"

namespace wend::synth {
namespace {

/// Without the system prompt, which speaks of maps.
Ask ask_of(const AuditItem& item, const Voice& voice) {
  const Role role = item.solve ? Role::kSolve : Role::kAudit;
  std::string text = item.solve ? voice.prompts.render("solve", {{"question", item.question}})
                                : voice.prompts.render("audit",
                                                       {{"question", item.question},
                                                        {"answer", item.answer},
                                                        {"format", voice.format("verdict")}});
  return {role, {{"user", std::move(text)}}, 0};
}

}  // namespace

AuditPlan::AuditPlan(std::vector<AuditItem> items, Generator auditor, Prompts prompts, Form form)
    : items_(std::move(items)),
      voice_{std::move(prompts), form},
      caller_(std::move(auditor), form),
      findings_(items_.size()),
      left_(items_.size()) {
  exchanges_.reserve(items_.size());
  ready_.reserve(items_.size());
  for (std::size_t i = 0; i < items_.size(); ++i) {
    exchanges_.emplace_back(ask_of(items_[i], voice_));
    ready_.push_back(items_.size() - 1 - i);
  }
}

base::Status AuditPlan::replay(core::CallLedger& ledger) {
  std::vector<std::size_t> unknown;
  while (!ready_.empty()) {
    TRY(base::check_stop());
    const std::size_t item = ready_.back();
    ready_.pop_back();
    const std::optional<std::string> reply = TRY(caller_.find(exchanges_[item].ask(), ledger));
    if (reply) {
      ++reused_;
      take_reply(item, *reply);
    } else {
      unknown.push_back(item);
    }
  }
  ready_.assign(unknown.rbegin(), unknown.rend());
  return {};
}

RoleCount AuditPlan::estimate() const {
  const auto to_solve = static_cast<std::size_t>(
      std::ranges::count_if(ready_, [&](std::size_t item) { return items_[item].solve; }));
  RoleCount count = caller_.expect(Role::kAudit, ready_.size() - to_solve);
  const RoleCount solved = caller_.expect(Role::kSolve, to_solve);
  count.calls += solved.calls;
  count.input_tokens += solved.input_tokens;
  count.output_tokens += solved.output_tokens;
  count.cost += solved.cost;
  return count;
}

base::Result<std::optional<llm::PlannedCall>> AuditPlan::next(std::size_t /*lane*/) {
  if (ready_.empty()) {
    return std::nullopt;
  }
  const std::size_t item = ready_.back();
  ready_.pop_back();
  ++under_way_;
  return caller_.plan(exchanges_[item].ask(), item);
}

bool AuditPlan::expects_more(std::size_t /*lane*/) const {
  return under_way_ > 0;
}

base::Status AuditPlan::take(std::size_t cell, llm::CallResult<llm::PaidReply> result) {
  --under_way_;
  if (result) {
    if (result->origin == llm::Origin::kUpstream) {
      caller_.learn(exchanges_[cell].ask(), result->row.reply.usage);
    }
    take_reply(cell, result->row.reply.text);
  }
  return {};
}

void AuditPlan::skip(std::size_t /*cell*/) {
  --under_way_;
}

void AuditPlan::take_reply(std::size_t item, const std::string& reply) {
  if (items_[item].solve) {
    findings_[item].reply = reply;
    --left_;
    return;
  }
  const Parsed<Verdict> verdict = parse_verdict(reply, voice_.form);
  if (!verdict) {
    ++malformed_;
    if (exchanges_[item].ask_again(voice_.prompts, reply, verdict.error())) {
      ready_.push_back(item);
      return;
    }
  } else {
    findings_[item].right = verdict->right;
  }
  --left_;
}

}  // namespace wend::synth
