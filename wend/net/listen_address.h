// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "wend/base/result.h"
#include "wend/base/task.h"
#include "wend/net/http_server.h"

namespace wend::net {

using TcpAcceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, base::IoExecutor>;

/// The endpoint of an address; kInvalidArgument unless its host is a literal or localhost.
base::Result<boost::asio::ip::tcp::endpoint> endpoint_of(const ListenAddress& address);

/// A listening socket that shares its port with the others of this process.
base::Result<TcpAcceptor> open_acceptor(boost::asio::io_context& context,
                                        const boost::asio::ip::tcp::endpoint& endpoint);

/// From now on the kernel begins no connection for it, while those it has begun still come through:
/// it neither answers nor refuses whoever asks, so that closing it a moment later resets nobody who
/// was connected. Where the kernel cannot, nothing changes.
void begin_no_more(TcpAcceptor& acceptor);

/// Whether somebody listens there already: sharing a port would otherwise hide a second server.
base::Status expect_free(boost::asio::io_context& context,
                         const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace wend::net
