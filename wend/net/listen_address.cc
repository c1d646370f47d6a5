// SPDX-License-Identifier: Apache-2.0
#include "wend/net/listen_address.h"

#include <charconv>
#include <cstdint>
#include <iterator>
#include <sstream>
#include <utility>

#include <boost/asio/detail/socket_option.hpp>
#include <boost/asio/ip/address.hpp>
#include <linux/filter.h>
#include <sys/socket.h>

namespace wend::net {
namespace {

using base::Code;
using boost::asio::ip::tcp;
using boost::system::error_code;
using ReusePort = boost::asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr int kBacklog = 4096;

std::string text_of(const tcp::endpoint& endpoint) {
  std::ostringstream text;
  text << endpoint;
  return text.str();
}

base::Result<std::uint16_t> parse_port(std::string_view text, std::string_view address) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return base::fail(Code::kInvalidArgument,
                      "address '{}': expected host:port with a port from 0 to 65535",
                      address);
  }
  return port;
}

}  // namespace

base::Result<ListenAddress> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  if (colon == text.npos || host.empty()) {
    return base::fail(
        Code::kInvalidArgument, "address '{}': expected host:port like 127.0.0.1:8484", text);
  }
  const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (bracketed) {
    host = host.substr(1, host.size() - 2);
  }
  if (bracketed != (host.find(':') != host.npos)) {
    return base::fail(Code::kInvalidArgument,
                      "address '{}': expected an IPv6 address in brackets, like [::1]:8484",
                      text);
  }
  ListenAddress address{std::string(host), TRY(parse_port(text.substr(colon + 1), text))};
  TRY(endpoint_of(address));
  return address;
}

bool is_loopback(const ListenAddress& address) {
  const auto endpoint = endpoint_of(address);
  return endpoint && endpoint->address().is_loopback();
}

base::Result<tcp::endpoint> endpoint_of(const ListenAddress& address) {
  error_code error;
  const auto host = boost::asio::ip::make_address(
      address.host == "localhost" ? "127.0.0.1" : address.host.c_str(), error);
  if (error) {
    return base::fail(Code::kInvalidArgument,
                      "address '{}': expected an IP address like 127.0.0.1, or localhost",
                      address.host);
  }
  return tcp::endpoint(host, address.port);
}

base::Result<TcpAcceptor> open_acceptor(boost::asio::io_context& context,
                                        const tcp::endpoint& endpoint) {
  TcpAcceptor acceptor(context.get_executor());
  error_code error;
  error_code ignored;
  acceptor.open(endpoint.protocol(), error);
  if (!error) {
    acceptor.set_option(boost::asio::socket_base::reuse_address(true), ignored);
    acceptor.set_option(ReusePort(true), ignored);
    acceptor.bind(endpoint, error);
  }
  if (!error) {
    acceptor.listen(kBacklog, error);
  }
  if (error) {
    return base::fail(Code::kUnavailable, "listen on {}: {}", text_of(endpoint), error.message());
  }
  return acceptor;
}

void begin_no_more(TcpAcceptor& acceptor) {
  constexpr std::uint32_t kFlagsAt = 13;  // Of a TCP header, RFC 9293, section 3.1.
  constexpr std::uint32_t kSyn = 0x02;
  constexpr std::uint32_t kAll = 0xffffffff;
  sock_filter drop_syn[] = {
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kFlagsAt),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kSyn, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0),
      BPF_STMT(BPF_RET | BPF_K, kAll),
  };
  const sock_fprog program{static_cast<unsigned short>(std::size(drop_syn)), drop_syn};
  ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

base::Status expect_free(boost::asio::io_context& context, const tcp::endpoint& endpoint) {
  TcpAcceptor probe(context.get_executor());
  error_code error;
  error_code ignored;
  probe.open(endpoint.protocol(), error);
  if (!error) {
    probe.set_option(boost::asio::socket_base::reuse_address(true), ignored);
    probe.bind(endpoint, error);
  }
  if (error) {
    return base::fail(Code::kUnavailable,
                      "listen on {}: {}; choose another port",
                      text_of(endpoint),
                      error.message());
  }
  return {};
}

}  // namespace wend::net
