// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/decide.h"

#include <atomic>
#include <utility>

#include "wend/net/wait.h"
#include "wend/text/routing_text.h"

namespace wend::serve {
namespace {

using Shot = net::OneShot<base::Result<Decided>>;

base::Result<Decided> decide_now(const DecideInput& input) {
  Decided decided;
  decided.text = text::routing_text(input.conversation);
  decided.routed = TRY(input.snapshot->route->decide(decided.text, input.plan.request));
  return decided;
}

ApiError queue_is_full() {
  return {429,
          "too many prompts wait to be routed; try again in a second",
          "rate_limit_error",
          "",
          "routing_queue_full",
          1};
}

ApiError from_policy(const base::Error& error, const std::string& at_fault) {
  if (error.code == base::Code::kFailedPrecondition) {
    return invalid_request(400, error.message, at_fault, "no_model_available");
  }
  return to_api_error(error);
}

}  // namespace

base::Task<ApiResult<Decided>> decide(Services& services,
                                      boost::asio::io_context& context,
                                      DecideInput input,
                                      net::CancelSource& cancel) {
  const auto shot = std::make_shared<Shot>(context);
  const auto abandoned = std::make_shared<std::atomic<bool>>(false);
  const auto job = std::make_shared<const DecideInput>(std::move(input));
  const bool taken = services.inference.submit([shot, abandoned, job] {
    if (!abandoned->load(std::memory_order_relaxed)) {
      shot->set(decide_now(*job));
    }
  });
  if (!taken) {
    services.metrics.queue_full.add();
    co_return tl::unexpected(queue_is_full());
  }
  std::optional<base::Result<Decided>> decided = co_await shot->wait(cancel);
  if (!decided) {
    abandoned->store(true, std::memory_order_relaxed);
    co_return tl::unexpected(to_api_error(cancel.error()));
  }
  if (!*decided) {
    co_return tl::unexpected(from_policy(decided->error(), job->plan.at_fault));
  }
  co_return ApiResult<Decided>(**std::move(decided));
}

}  // namespace wend::serve
