// SPDX-License-Identifier: Apache-2.0
#include "wend/net/io_threads.h"

#include <exception>
#include <future>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include "wend/base/check.h"

namespace wend::net {

IoThreads::IoThreads(std::size_t count) {
  CHECK(count > 0, "no I/O threads");
  for (std::size_t i = 0; i < count; ++i) {
    contexts_.push_back(std::make_unique<boost::asio::io_context>(1));
    work_.push_back(boost::asio::make_work_guard(*contexts_.back()));
  }
}

IoThreads::~IoThreads() {
  stop();
}

void IoThreads::start() {
  for (const auto& context : contexts_) {
    threads_.emplace_back([&context = *context] { context.run(); });
  }
}

void IoThreads::stop() {
  for (const auto& context : contexts_) {
    context->stop();
  }
  for (std::thread& thread : threads_) {
    thread.join();
  }
  threads_.clear();
}

void spawn(boost::asio::io_context& context, base::Task<void> task) {
  boost::asio::co_spawn(
      context.get_executor(), std::move(task), [](const std::exception_ptr& failure) {
        if (failure) {
          std::rethrow_exception(failure);
        }
      });
}

void run_and_wait(boost::asio::io_context& context, std::function<base::Task<void>()> task) {
  std::promise<void> done;
  boost::asio::co_spawn(
      context.get_executor(), std::move(task), [&done](const std::exception_ptr& failure) {
        if (failure) {
          done.set_exception(failure);
        } else {
          done.set_value();
        }
      });
  done.get_future().get();
}

}  // namespace wend::net
