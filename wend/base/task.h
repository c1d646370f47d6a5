// SPDX-License-Identifier: Apache-2.0
// The coroutine type of everything that waits for a network. The one header outside wend/net that
// sees Asio: a typed executor, because the type-erased one costs a tenth of a proxied request.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace wend::base {

using IoExecutor = boost::asio::io_context::executor_type;

/// A coroutine on one I/O thread. It starts when it is awaited or spawned and stays on that thread.
template <class T = void>
using Task = boost::asio::awaitable<T, IoExecutor>;

}  // namespace wend::base
