// SPDX-License-Identifier: Apache-2.0
// The proxy from its start to its end: where its parts are put together, in plain sight.
#include "wend/serve/server.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <utility>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "wend/base/log.h"
#include "wend/base/parallel.h"
#include "wend/net/http_server.h"
#include "wend/net/io_threads.h"
#include "wend/net/signals.h"
#include "wend/net/wait.h"
#include "wend/serve/admin_api.h"
#include "wend/serve/data_api.h"
#include "wend/serve/durations.h"
#include "wend/serve/services.h"

namespace wend::serve {
namespace {

using base::Code;
using base::Result;
using base::Status;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::size_t threads_or_all(std::int64_t configured) {
  return configured > 0 ? static_cast<std::size_t>(configured) : base::available_threads();
}

net::HttpServerLimits limits_of(const trips::ServeConfig& config) {
  net::HttpServerLimits limits;
  limits.body_bytes = static_cast<std::size_t>(config.max_body_bytes);
  limits.all_body_bytes = static_cast<std::size_t>(config.max_bodies_bytes);
  limits.connections = static_cast<std::size_t>(config.max_connections);
  limits.head_timeout = in_ms(config.head_timeout_s);
  limits.idle_timeout = in_ms(config.keep_alive_s);
  limits.write_timeout = in_ms(config.write_timeout_s);
  return limits;
}

Result<net::ListenAddress> admin_address(const trips::ServeConfig& config) {
  net::ListenAddress address = TRY(net::parse_listen_address(config.admin));
  if (!net::is_loopback(address) && config.admin_key_env.empty()) {
    return base::fail(Code::kFailedPrecondition,
                      "serve.admin: {} is not on loopback and there is no key for it; expected "
                      "serve.admin_key_env to name the variable that holds one, or an address like "
                      "127.0.0.1:8485",
                      config.admin);
  }
  return address;
}

/// Decisions that may wait to be read from the store at once.
constexpr std::size_t kLookupQueue = 64;

/// A counter that is brought up to a count kept elsewhere.
class FollowingCounter {
 public:
  explicit FollowingCounter(base::Counter counter) : counter_(counter) {}

  /// From any thread; counts never fall.
  void follow(std::uint64_t count) {
    const std::uint64_t before = seen_.exchange(count);
    counter_.add(count > before ? static_cast<double>(count - before) : 0);
  }

 private:
  base::Counter counter_;
  std::atomic<std::uint64_t> seen_ = 0;
};

class Server {
 public:
  Server(const ServerOptions& options,
         std::shared_ptr<const Snapshot> snapshot,
         std::unique_ptr<Recorder> recorder,
         std::unique_ptr<base::Metrics> metrics);

  Status run();

  static Result<std::unique_ptr<Server>> make(const ServerOptions& options);

 private:
  const trips::ServeConfig& config() const { return config_.serve; }

  Status listen();
  std::string announcement() const;
  net::HttpClientCounts upstream_counts() const;
  std::string metrics_text();
  Status reload();
  Status check_admin_stays_closed(const Snapshot& next) const;
  void warn_of_what_stays(const trips::ServeConfig& next) const;
  void reload_later(std::function<void(Status)> done);
  bool on_signal(int signal);
  void drain();
  base::Task<void> end_when_drained();

  const ServerOptions& options_;
  const trips::Config config_;  ///< As it was at the start: what a reload cannot change.
  std::unique_ptr<base::Metrics> registry_;
  ServeMetrics metrics_;
  FollowingCounter accepted_;
  FollowingCounter refused_;
  FollowingCounter bodies_refused_;
  FollowingCounter slow_readers_cut_;
  FollowingCounter upstream_opened_;
  FollowingCounter upstream_reused_;
  FollowingCounter upstream_stale_;
  std::unique_ptr<Recorder> recorder_;
  SnapshotHolder snapshots_;
  WorkerPool inference_;
  WorkerPool lookups_;
  Services services_;
  DataApi data_api_;
  std::atomic<bool> ready_ = true;
  AdminApi admin_api_;
  net::IoThreads threads_;           ///< Below what the requests that it ends may still look at.
  boost::asio::io_context main_{1};  ///< Signals and reloads, on the thread that called run().
  std::unique_ptr<net::HttpServer> data_server_;
  std::unique_ptr<net::HttpServer> admin_server_;
  bool draining_ = false;
  Clock::time_point cut_at_;
};

Server::Server(const ServerOptions& options,
               std::shared_ptr<const Snapshot> snapshot,
               std::unique_ptr<Recorder> recorder,
               std::unique_ptr<base::Metrics> metrics)
    : options_(options),
      config_(snapshot->config),
      registry_(std::move(metrics)),
      metrics_(*registry_),
      accepted_(registry_->counter("wend_connections_accepted_total", "Clients accepted.")),
      refused_(registry_->counter("wend_requests_refused_total",
                                  "Requests refused for their framing or size.")),
      bodies_refused_(registry_->counter("wend_bodies_refused_total",
                                         "Requests refused because the bodies of others took all "
                                         "the room.")),
      slow_readers_cut_(registry_->counter("wend_slow_readers_cut_total",
                                           "Clients cut because they took nothing.")),
      upstream_opened_(registry_->counter("wend_upstream_connections_opened_total",
                                          "Connections opened to upstreams.")),
      upstream_reused_(registry_->counter("wend_upstream_connections_reused_total",
                                          "Requests sent on a kept connection.")),
      upstream_stale_(registry_->counter("wend_upstream_stale_retries_total",
                                         "Requests sent again on a fresh connection, since the "
                                         "kept one had been closed.")),
      recorder_(std::move(recorder)),
      snapshots_(std::move(snapshot)),
      inference_(threads_or_all(config().inference_threads),
                 static_cast<std::size_t>(config().inference_queue)),
      lookups_(1, kLookupQueue),
      services_{snapshots_, inference_, lookups_, metrics_, recorder_.get(), {}},
      data_api_(services_),
      admin_api_({snapshots_,
                  [this] { return metrics_text(); },
                  ready_,
                  [this](std::function<void(Status)> done) { reload_later(std::move(done)); }}),
      threads_(threads_or_all(config().threads)) {
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    services_.clients.emplace_back(&threads_.context(i),
                                   net::HttpClient::make(threads_.context(i)));
  }
}

Result<std::unique_ptr<Server>> Server::make(const ServerOptions& options) {
  const trips::Config config = TRY(options.load_config());
  TRY(admin_address(config.serve));
  auto snapshot = TRY(build_snapshot(config, options.environment, nullptr));
  auto metrics = std::make_unique<base::Metrics>();
  ServeMetrics counters(*metrics);
  counters.attach(*snapshot);
  std::unique_ptr<Recorder> recorder;
  if (snapshot->route && config.serve.store_decisions) {
    recorder = std::make_unique<Recorder>(
        TRY(options.open_store(config)),
        static_cast<std::size_t>(config.serve.decision_queue),
        Recorder::Counters{
            counters.decisions_kept, counters.decisions_dropped, counters.decisions_failed});
  }
  return std::make_unique<Server>(
      options, std::move(snapshot), std::move(recorder), std::move(metrics));
}

Status Server::listen() {
  const net::ListenAddress data = TRY(net::parse_listen_address(config().listen));
  const net::ListenAddress admin = TRY(admin_address(config()));
  data_server_ = TRY(net::HttpServer::listen(threads_, data, limits_of(config()), data_api_));
  admin_server_ = TRY(net::HttpServer::listen(threads_, admin, limits_of(config()), admin_api_));
  return {};
}

std::string Server::announcement() const {
  const std::shared_ptr<const Snapshot> snapshot = snapshots_.get();
  const nlohmann::ordered_json line = {
      {"listen", "http://" + data_server_->address()},
      {"admin", "http://" + admin_server_->address()},
      {"artifact",
       snapshot->route ? nlohmann::ordered_json(snapshot->route->artifact_id())
                       : nlohmann::ordered_json(nullptr)},
      {"pid", ::getpid()}};
  return line.dump();
}

net::HttpClientCounts Server::upstream_counts() const {
  net::HttpClientCounts sum;
  for (const auto& [context, client] : services_.clients) {
    const net::HttpClientCounts counts = client->counts();
    sum.connections_opened += counts.connections_opened;
    sum.connections_reused += counts.connections_reused;
    sum.stale_retries += counts.stale_retries;
    sum.idle += counts.idle;
  }
  return sum;
}

std::string Server::metrics_text() {
  const net::HttpServerCounts counts = data_server_->counts();
  const auto set = [this](const char* name, const char* help, auto value) {
    registry_->gauge(name, help).set(static_cast<double>(value));
  };
  set("wend_connections", "Clients connected now.", counts.connections);
  set("wend_body_bytes", "Bytes of the bodies of requests under way.", counts.body_bytes);
  accepted_.follow(counts.accepted);
  refused_.follow(counts.refused_requests);
  bodies_refused_.follow(counts.bodies_refused);
  slow_readers_cut_.follow(counts.slow_readers_cut);
  const net::HttpClientCounts upstreams = upstream_counts();
  set("wend_upstream_connections_idle", "Connections to upstreams kept now.", upstreams.idle);
  upstream_opened_.follow(upstreams.connections_opened);
  upstream_reused_.follow(upstreams.connections_reused);
  upstream_stale_.follow(upstreams.stale_retries);
  set("wend_inference_waiting", "Prompts that wait for a decision.", inference_.waiting());
  return registry_->text();
}

Status Server::reload() {
  auto config = options_.load_config();
  if (!config) {
    return base::pass_on(std::move(config));
  }
  auto next = build_snapshot(*config, options_.environment, snapshots_.get().get());
  if (!next) {
    return base::pass_on(std::move(next));
  }
  TRY(check_admin_stays_closed(**next));
  warn_of_what_stays(config->serve);
  metrics_.attach(**next);
  snapshots_.set(*std::move(next));
  return {};
}

/// The listener stands where it was opened, whatever the configuration says of it now.
Status Server::check_admin_stays_closed(const Snapshot& next) const {
  TRY(admin_address(next.config.serve));
  const net::ListenAddress bound = TRY(net::parse_listen_address(admin_server_->address()));
  if (!net::is_loopback(bound) && next.admins.is_open()) {
    return base::fail(
        Code::kFailedPrecondition,
        "serve.admin_key_env: the admin listener stands on {}, which is not loopback, "
        "and would be without a key; leave the key, or restart on another address",
        admin_server_->address());
  }
  TRY(net::parse_listen_address(next.config.serve.listen));
  return {};
}

void Server::warn_of_what_stays(const trips::ServeConfig& next) const {
  const trips::ServeConfig& now = config();
  const auto warn = [](bool differs, const char* keys) {
    if (differs) {
      base::log_warning("serve.{}: what is changed here holds from the next start on", keys);
    }
  };
  warn(now.listen != next.listen || now.admin != next.admin, "listen and serve.admin");
  warn(now.threads != next.threads || now.inference_threads != next.inference_threads ||
           now.inference_queue != next.inference_queue,
       "threads, serve.inference_threads and serve.inference_queue");
  warn(now.max_body_bytes != next.max_body_bytes || now.max_bodies_bytes != next.max_bodies_bytes ||
           now.max_connections != next.max_connections ||
           now.head_timeout_s != next.head_timeout_s || now.keep_alive_s != next.keep_alive_s ||
           now.write_timeout_s != next.write_timeout_s,
       "max_body_bytes, max_bodies_bytes, max_connections, head_timeout_s, keep_alive_s and "
       "write_timeout_s");
  warn(next.store_decisions && recorder_ == nullptr,
       "store_decisions: no decision is kept, since none was to be at the start;");
}

void Server::reload_later(std::function<void(Status)> done) {
  boost::asio::post(main_, [this, done = std::move(done)] {
    Status status = reload();
    if (status) {
      metrics_.reloads.add();
      base::log_info("reloaded");
    } else {
      metrics_.reloads_refused.add();
      base::log_error("reload refused, the old configuration serves on: {}",
                      status.error().message);
    }
    done(std::move(status));
  });
}

bool Server::on_signal(int signal) {
  if (signal == SIGHUP) {
    reload_later([](const Status&) {});
    return true;
  }
  if (!draining_) {
    drain();
  } else {
    cut_at_ = std::min(cut_at_, Clock::now());
  }
  return true;
}

void Server::drain() {
  draining_ = true;
  cut_at_ = Clock::now() + in_ms(config().drain_s);
  ready_ = false;
  base::log_info("draining");
  data_server_->drain();
  net::spawn(main_, end_when_drained());
}

base::Task<void> Server::end_when_drained() {
  constexpr milliseconds kLook{10};
  constexpr milliseconds kLastWords{2'000};  // For the error events of what is cut.
  net::CancelSource never;
  bool cut = false;
  while (!data_server_->drained() && Clock::now() < cut_at_ + kLastWords) {
    if (!cut && Clock::now() >= cut_at_) {
      cut = true;
      base::log_warning("{} connections are cut", data_server_->counts().connections);
      data_server_->cut();
    }
    static_cast<void>(co_await net::sleep_until(Clock::now() + kLook, never));
  }
  main_.stop();
}

Status Server::run() {
  net::raise_file_limit();
  TRY(listen());
  net::on_signals(main_, [this](int signal) { return on_signal(signal); });
  threads_.start();
  options_.announce(announcement());
  if (const auto snapshot = snapshots_.get(); snapshot->route) {
    for (const std::string& note : snapshot->route->notes()) {
      base::log_warning("{}", note);
    }
  }
  const auto work = boost::asio::make_work_guard(main_);
  main_.run();
  // What works for requests ends before the contexts that its results would be posted to.
  inference_.stop();
  lookups_.stop();
  threads_.stop();
  services_.clients.clear();
  base::log_info("ended");
  return {};
}

}  // namespace

Status run_server(const ServerOptions& options) {
  const std::unique_ptr<Server> server = TRY(Server::make(options));
  return server->run();
}

}  // namespace wend::serve
