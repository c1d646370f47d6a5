// SPDX-License-Identifier: Apache-2.0
// Errors are ordinary values. A function that can fail because of the world (input, network, files,
// a model's answer, configuration) returns Result<T>; what can only fail by our own mistake is a
// CHECK.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <tl/expected.hpp>

namespace wend::base {

/// What kind of failure it is; the words are absl's. Two tables read it: code -> HTTP status, code
/// -> exit status.
enum class Code {
  kInvalidArgument,
  kNotFound,
  kAlreadyExists,
  kPermissionDenied,
  kUnauthenticated,
  kResourceExhausted,
  kFailedPrecondition,
  kOutOfRange,
  kUnimplemented,
  kDeadlineExceeded,
  kUnavailable,
  kCancelled,
  kDataLoss,
  kInternal,
};

/// The code's name in snake case, as machines read it: "invalid_argument".
std::string_view code_name(Code code);

/// Where an input was wrong: a file and, from 1, a line (0: unknown). Both may be empty.
struct Place {
  std::string file;
  std::size_t line = 0;
};

/// A failure as a value. The message reads outward, "load router: open 'x.bin': not found", and is
/// one sentence.
struct Error {
  Code code = Code::kInternal;
  std::string message;
  Place place = {};

  /// The same error with "context: " in front.
  Error with_context(std::string_view context) && {
    message = fmt::format("{}: {}", context, message);
    return std::move(*this);
  }
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

/// return fail(Code::kNotFound, "'{}': expected a folder", path);
template <class... Args>
tl::unexpected<Error> fail(Code code, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{code, fmt::format(format, std::forward<Args>(args)...), {}});
}

/// The same about a place of an input, which travels beside the sentence for machines to read:
/// return fail_at({path, line}, Code::kDataLoss, "'{}': expected a list", path);
template <class... Args>
tl::unexpected<Error> fail_at(Place place,
                              Code code,
                              fmt::format_string<Args...> format,
                              Args&&... args) {
  return tl::unexpected<Error>(
      Error{code, fmt::format(format, std::forward<Args>(args)...), std::move(place)});
}

/// The error of a failed result, ready to be returned from a function of another type.
template <class T>
tl::unexpected<Error> pass_on(Result<T>&& failed) {
  return tl::unexpected<Error>(std::move(failed).error());
}

/// The same with "context: " in front.
template <class T>
tl::unexpected<Error> pass_on(Result<T>&& failed, std::string_view context) {
  return tl::unexpected<Error>(std::move(failed).error().with_context(context));
}

namespace detail {

template <class T>
T take_value(Result<T>& result) {
  return *std::move(result);
}

inline void take_value(Status&) {}

}  // namespace detail
}  // namespace wend::base

/// The value of a Result, or return its error from the enclosing function: `auto x = TRY(f());`.
/// Never put a co_await inside: g++ 12 dies of it. Coroutines use CO_TRY_ASSIGN.
#define TRY(...)                                                                        \
  __extension__({                                                                       \
    auto wend_try_result = (__VA_ARGS__);                                               \
    if (!wend_try_result) {                                                             \
      return ::tl::unexpected<::wend::base::Error>(std::move(wend_try_result).error()); \
    }                                                                                   \
    ::wend::base::detail::take_value(wend_try_result);                                  \
  })

/// The same inside a coroutine, on a Result that has been awaited already.
#define CO_TRY(...)                                                                        \
  __extension__({                                                                          \
    auto wend_try_result = (__VA_ARGS__);                                                  \
    if (!wend_try_result) {                                                                \
      co_return ::tl::unexpected<::wend::base::Error>(std::move(wend_try_result).error()); \
    }                                                                                      \
    ::wend::base::detail::take_value(wend_try_result);                                     \
  })

#define WEND_CONCAT_INNER(a, b) a##b
#define WEND_CONCAT(a, b) WEND_CONCAT_INNER(a, b)

/// `CO_TRY_ASSIGN(auto x, co_await f());`, one to a line.
#define CO_TRY_ASSIGN(declaration, ...)                          \
  auto WEND_CONCAT(wend_result_, __LINE__) = (__VA_ARGS__);      \
  if (!WEND_CONCAT(wend_result_, __LINE__)) {                    \
    co_return ::tl::unexpected<::wend::base::Error>(             \
        std::move(WEND_CONCAT(wend_result_, __LINE__)).error()); \
  }                                                              \
  declaration = *std::move(WEND_CONCAT(wend_result_, __LINE__))
