// SPDX-License-Identifier: Apache-2.0
#include "wend/net/http_server.h"

#include <sstream>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include "wend/net/listen_address.h"
#include "wend/net/shard.h"

namespace wend::net {
namespace {

using Shards = std::vector<std::shared_ptr<Shard>>;

class ShardedServer final : public HttpServer {
 public:
  ShardedServer(std::string address, std::shared_ptr<ServerState> state, Shards shards)
      : address_(std::move(address)), state_(std::move(state)), shards_(std::move(shards)) {}

  ~ShardedServer() override { on_each(&Shard::stop); }

  std::string address() const override { return address_; }

  void drain() override { on_each(&Shard::drain); }

  void cut() override { on_each(&Shard::cut); }

  bool drained() const override {
    return state_->drained_shards == shards_.size() && state_->connections == 0;
  }

  HttpServerCounts counts() const override {
    return {state_->connections,
            state_->accepted,
            state_->refused_requests,
            state_->slow_readers_cut,
            state_->clients_gone,
            state_->bodies.held(),
            state_->bodies.refused()};
  }

 private:
  void on_each(void (Shard::*action)()) {
    for (const std::shared_ptr<Shard>& shard : shards_) {
      boost::asio::post(shard->context(), [shard, action] { ((*shard).*action)(); });
    }
  }

  std::string address_;
  std::shared_ptr<ServerState> state_;
  Shards shards_;
};

}  // namespace

base::Result<std::unique_ptr<HttpServer>> HttpServer::listen(IoThreads& threads,
                                                             const ListenAddress& address,
                                                             const HttpServerLimits& limits,
                                                             HttpHandler& handler) {
  auto endpoint = TRY(endpoint_of(address));
  if (address.port != 0) {
    TRY(expect_free(threads.context(0), endpoint));
  }
  const auto state = std::make_shared<ServerState>(limits, handler);
  Shards shards;
  for (std::size_t i = 0; i < threads.size(); ++i) {
    TcpAcceptor acceptor = TRY(open_acceptor(threads.context(i), endpoint));
    // The first finds the port, the others take the same.
    endpoint.port(acceptor.local_endpoint().port());
    shards.push_back(std::make_shared<Shard>(threads.context(i), std::move(acceptor), state));
  }
  for (const std::shared_ptr<Shard>& shard : shards) {
    shard->start();
  }
  std::ostringstream text;
  text << endpoint;
  return std::make_unique<ShardedServer>(text.str(), state, std::move(shards));
}

}  // namespace wend::net
