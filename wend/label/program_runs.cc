// SPDX-License-Identifier: Apache-2.0
#include "wend/label/program_runs.h"

#include <utility>

#include "wend/base/check.h"
#include "wend/base/hash.h"

namespace wend::label {
namespace {

std::string id_of(std::size_t query, std::string_view reply) {
  return fmt::format("{}:{}", query, base::sha256_hex(reply));
}

}  // namespace

void ProgramRuns::start(const CodeRunner& runner, std::size_t at_once) {
  queue_ = std::make_unique<CodeQueue>(runner, at_once);
}

const base::Result<bool>* ProgramRuns::find(std::size_t query, std::string_view reply) const {
  const auto found = ended_.find(id_of(query, reply));
  return found == ended_.end() ? nullptr : &found->second;
}

bool ProgramRuns::want(std::size_t cell, std::size_t query, std::string_view reply) {
  CHECK(queue_ != nullptr, "a program is to be run before anything can run it");
  const std::string id = id_of(query, reply);
  const bool is_open = open_.contains(id);
  if (!is_open && !queue_->put(id, code_task(dataset_->queries[query], reply))) {
    return false;
  }
  open_[id].push_back(cell);
  ++open_cells_;
  return true;
}

std::vector<std::size_t> ProgramRuns::take_ended() {
  return queue_ == nullptr ? std::vector<std::size_t>() : cells_of(queue_->take_ended());
}

std::vector<std::size_t> ProgramRuns::wait_ended() {
  return cells_of(queue_->wait_ended());
}

std::vector<std::size_t> ProgramRuns::cells_of(std::vector<CodeRun> runs) {
  std::vector<std::size_t> cells;
  for (CodeRun& run : runs) {
    const auto open = open_.extract(run.id);
    cells.insert(cells.end(), open.mapped().begin(), open.mapped().end());
    ended_.emplace(std::move(run.id), std::move(run.passed));
  }
  open_cells_ -= cells.size();
  return cells;
}

}  // namespace wend::label
