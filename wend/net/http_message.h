// SPDX-License-Identifier: Apache-2.0
// The nouns of HTTP/1.1 as both sides of the proxy see them: no sockets, no parser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wend::net {

struct Header {
  std::string name;  ///< As it came or as it is to be sent.
  std::string value;

  friend bool operator==(const Header&, const Header&) = default;
};

/// Headers in their order. Names compare without regard to case.
class Headers {
 public:
  Headers() = default;

  Headers(std::initializer_list<Header> list) : list_(list) {}

  /// Makes room for so many.
  void reserve(std::size_t count) { list_.reserve(count); }

  void add(std::string name, std::string value) {
    list_.push_back({std::move(name), std::move(value)});
  }

  /// Replaces all of that name by one.
  void set(std::string_view name, std::string value);
  void remove(std::string_view name);

  /// The first of that name, or nullptr.
  const std::string* find(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  /// Whether `token` is in the comma-separated lists of all headers of that name, without regard to
  /// case.
  bool lists(std::string_view name, std::string_view token) const;

  const std::vector<Header>& list() const { return list_; }

  std::vector<Header>& list() { return list_; }

  void clear() { list_.clear(); }

 private:
  std::vector<Header> list_;
};

/// Without the spaces and tabs around it.
std::string_view trimmed(std::string_view text);

/// Whether two header names or tokens are equal without regard to ASCII case.
bool equal_ignoring_case(std::string_view a, std::string_view b);

struct RequestHead {
  std::string method;     ///< "POST"
  std::string target;     ///< "/v1/models?x=1": path and query as they came.
  int minor_version = 1;  ///< HTTP/1.x
  Headers headers;

  /// The target without its query.
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
};

/// A request with its whole body, dechunked.
struct HttpRequest {
  RequestHead head;
  std::string body;
};

struct ResponseHead {
  int status = 200;
  Headers headers;
};

/// A whole answer. Content-Length and Connection are the server's to write.
struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
};

/// "Not Found"; "Unknown" for what has no common phrase.
std::string_view reason_phrase(int status);

}  // namespace wend::net
