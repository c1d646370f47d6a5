// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/check_judge.h"

#include <filesystem>
#include <map>
#include <utility>

#include "wend/base/stop.h"
#include "wend/store/import_folder.h"
#include "wend/trips/spending_progress.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

using Found = Result<std::optional<std::string>>;

Result<std::vector<label::KnownReply>> replies_of_folder(const std::string& folder) {
  const store::FolderContent content = TRY(store::read_folder(folder, {}));
  std::map<std::string, const std::string*> rows;
  for (const store::ReplyRow& row : content.replies) {
    rows.emplace(row.id, &row.json);
  }
  return label::known_replies_of(content.dataset, [&](const std::string& id) -> Found {
    const auto row = rows.find(id);
    return row == rows.end() ? std::nullopt : std::optional(*row->second);
  });
}

}  // namespace

Result<std::vector<label::KnownReply>> find_known_replies(const std::string& name,
                                                          store::Store* store) {
  if (std::filesystem::is_directory(name)) {
    return replies_of_folder(name);
  }
  if (std::filesystem::exists(name)) {
    return label::read_known_replies(name);
  }
  if (store == nullptr) {
    return fail(Code::kNotFound, "--check-judge '{}': no such file, folder or collection", name);
  }
  Result<data::Dataset> dataset = store->load_dataset(name);
  if (!dataset) {
    return pass_on(std::move(dataset), "--check-judge: no such file or folder, and");
  }
  return label::known_replies_of(
      *dataset, [store](const std::string& id) -> Found { return store->find_reply(id); });
}

CheckJudgeTrip::CheckJudgeTrip(Request request, ReadyJudge judge, core::CallLedger& ledger)
    : request_(std::move(request)),
      judge_(std::move(judge)),
      replies_(request_.replies),
      items_(ledger, judge_.judge, replies_),
      run_(items_, judge_.judge.partner, request_.seed) {}

Result<std::unique_ptr<CheckJudgeTrip>> CheckJudgeTrip::prepare(Request request,
                                                                const Config& config,
                                                                core::CallLedger& ledger) {
  // Its own replies may be among them: how it scores those is one of the questions.
  ReadyJudge judge = TRY(prepare_judge(config, request.judge, {}, SelfJudging::kRefused));
  std::unique_ptr<CheckJudgeTrip> trip(
      new CheckJudgeTrip(std::move(request), std::move(judge), ledger));
  trip->currency_ = config.currency;
  return trip;
}

Status CheckJudgeTrip::check_ready() const {
  if (judge_.missing_key) {
    return tl::unexpected(*judge_.missing_key);
  }
  return request_.budget ? check_priced(judge_.judge.partner.model) : Status();
}

Result<CheckJudgeResult> CheckJudgeTrip::run(core::CallLedger& ledger, base::Progress& progress) {
  run_.tell_to(spending_teller(progress, currency_));
  progress.start("judge", items_.count());
  CheckJudgeResult result;
  result.run = llm::run_calls(run_, ledger, judge_.lanes, {request_.budget, request_.seed});
  progress.finish();
  if (result.run.error) {
    return tl::unexpected(*result.run.error);
  }
  if (!base::check_stop() && result.run.stopped == llm::StopReason::kNone) {
    result.run.stopped = llm::StopReason::kUser;
  }
  result.tally = items_.tally();
  result.calls = run_.tally();
  result.comparisons = label::compare_judge(request_.replies, replies_.scores());
  return result;
}

}  // namespace wend::trips
