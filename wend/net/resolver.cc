// SPDX-License-Identifier: Apache-2.0
#include "wend/net/resolver.h"

#include <atomic>
#include <list>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/asio/post.hpp>
#include <netdb.h>

#include "wend/net/wait.h"

namespace wend::net {
namespace {

using base::Code;
using base::fail;

constexpr int kThreads = 32;

std::atomic<int>& threads_looking() {
  static std::atomic<int> count = 0;
  return count;
}

boost::asio::ip::address address_of(const sockaddr& raw) {
  if (raw.sa_family == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(raw);
    return boost::asio::ip::address_v4(ntohl(four.sin_addr.s_addr));
  }
  const auto& six = reinterpret_cast<const sockaddr_in6&>(raw);
  boost::asio::ip::address_v6::bytes_type bytes;
  std::copy_n(six.sin6_addr.s6_addr, bytes.size(), bytes.begin());
  return boost::asio::ip::address_v6(bytes, six.sin6_scope_id);
}

}  // namespace

base::Result<Addresses> system_lookup(const std::string& name) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int failed = ::getaddrinfo(name.c_str(), nullptr, &hints, &list); failed != 0) {
    return fail(Code::kUnavailable, "{}", ::gai_strerror(failed));
  }
  Addresses addresses;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    if (one->ai_family == AF_INET || one->ai_family == AF_INET6) {
      addresses.push_back(address_of(*one->ai_addr));
    }
  }
  ::freeaddrinfo(list);
  return addresses;
}

/// What the threads that are looking hold on to. They may outlive the resolver and its context.
struct Resolver::Shared {
  std::mutex mutex;
  Resolver* resolver = nullptr;  ///< nullptr once it is gone.
};

struct Resolver::Question {
  std::optional<base::Result<Addresses>> answer;
  std::list<Event*> waiting;

  void answer_with(base::Result<Addresses> found) {
    answer = std::move(found);
    for (Event* const event : waiting) {
      event->wake();
    }
  }
};

Resolver::Resolver(boost::asio::io_context& context, Lookup lookup)
    : context_(context), shared_(std::make_shared<Shared>()), lookup_(std::move(lookup)) {
  shared_->resolver = this;
}

Resolver::~Resolver() {
  const std::lock_guard<std::mutex> lock(shared_->mutex);
  shared_->resolver = nullptr;
}

void Resolver::look(const std::shared_ptr<Shared>& shared,
                    const Lookup& lookup,
                    const std::string& name) {
  base::Result<Addresses> found = lookup(name);
  threads_looking().fetch_sub(1);
  const std::lock_guard<std::mutex> lock(shared->mutex);
  if (shared->resolver == nullptr) {
    return;
  }
  boost::asio::post(shared->resolver->context_, [shared, name, found = std::move(found)]() mutable {
    if (shared->resolver != nullptr) {
      shared->resolver->answer(name, std::move(found));
    }
  });
}

void Resolver::answer(const std::string& name, base::Result<Addresses> found) {
  if (found) {
    cache_.put(name, *found, Instant::clock::now());
  }
  const auto question = questions_.extract(name);
  question.mapped()->answer_with(std::move(found));
}

std::shared_ptr<Resolver::Question> Resolver::ask(const std::string& name) {
  if (const auto asked = questions_.find(name); asked != questions_.end()) {
    return asked->second;
  }
  auto question = std::make_shared<Question>();
  if (threads_looking().fetch_add(1) >= kThreads) {
    threads_looking().fetch_sub(1);
    question->answer_with(fail(Code::kUnavailable, "{} lookups hang already", kThreads));
    return question;
  }
  try {
    std::thread([shared = shared_, lookup = lookup_, name] {
      look(shared, lookup, name);
    }).detach();
    questions_[name] = question;
  } catch (const std::system_error& failed) {
    threads_looking().fetch_sub(1);
    question->answer_with(fail(Code::kUnavailable, "no thread to look: {}", failed.what()));
  }
  return question;
}

base::Task<base::Result<Addresses>> Resolver::resolve(std::string name,
                                                      Instant until,
                                                      CancelSource& cancel) {
  if (const Addresses* const known = cache_.find(name, Instant::clock::now())) {
    co_return *known;
  }
  const std::shared_ptr<Question> question = ask(name);
  Event event(context_);
  question->waiting.push_back(&event);
  const auto leave = [&event](Question* asked) { asked->waiting.remove(&event); };
  const std::unique_ptr<Question, decltype(leave)> place(question.get(), leave);
  const CancelSource::Guard guard(cancel, [&event] { event.wake(); });
  while (!question->answer && !cancel.cancelled()) {
    const bool woken = co_await event.wait_until(until);
    if (!woken) {
      co_return fail(Code::kDeadlineExceeded, "the lookup of '{}' did not end", name);
    }
  }
  if (cancel.cancelled()) {
    co_return tl::unexpected(cancel.error());
  }
  co_return *question->answer;
}

}  // namespace wend::net
