// SPDX-License-Identifier: Apache-2.0
#include "wend/net/connection_pool.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace wend::net {

std::string OriginKey::peer() const {
  const bool brackets = host.find(':') != std::string::npos;
  return fmt::format(fmt::runtime(brackets ? "[{}]:{}" : "{}:{}"), host, port);
}

std::shared_ptr<UpstreamConnection> ConnectionPool::take(const OriginKey& key) {
  const auto found = idle_.find(key);
  if (found == idle_.end()) {
    return nullptr;
  }
  const Instant old = Instant::clock::now() - limits_.idle;
  std::deque<Idle>& idle = found->second;
  while (!idle.empty()) {
    const Idle last = std::move(idle.back());
    idle.pop_back();
    --size_;
    if (last.since > old && last.connection->is_quiet()) {
      return last.connection;
    }
    last.connection->close();
  }
  return nullptr;
}

void ConnectionPool::put(const OriginKey& key, std::shared_ptr<UpstreamConnection> connection) {
  std::deque<Idle>& idle = idle_[key];
  idle.push_back({std::move(connection), Instant::clock::now()});
  ++size_;
  if (idle.size() > limits_.per_origin) {
    idle.front().connection->close();
    idle.pop_front();
    --size_;
  }
  close_old_later();
}

void ConnectionPool::close_old_later() {
  if (timer_runs_ || size_ == 0) {
    return;
  }
  Instant first = Instant::max();
  for (const auto& [key, idle] : idle_) {
    first = idle.empty() ? first : std::min(first, idle.front().since);
  }
  timer_runs_ = true;
  timer_.expires_at(first + limits_.idle);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& ended) {
    if (const auto self = weak.lock(); self && !ended) {
      self->close_old();
    }
  });
}

void ConnectionPool::close_old() {
  timer_runs_ = false;
  const Instant old = Instant::clock::now() - limits_.idle;
  for (auto& [key, idle] : idle_) {
    while (!idle.empty() && idle.front().since <= old) {
      idle.front().connection->close();
      idle.pop_front();
      --size_;
    }
  }
  std::erase_if(idle_, [](const auto& origin) { return origin.second.empty(); });
  close_old_later();
}

}  // namespace wend::net
