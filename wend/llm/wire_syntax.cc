// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/wire_syntax.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace wend::llm {
namespace {

using nlohmann::json;

constexpr std::size_t kReadAgain = std::size_t{1} << 18U;

struct Told {
  std::size_t offset;
  std::string reason;
};

/// "invalid literal", what the library says without its own preface and quotation.
std::string reason_of(std::string_view what) {
  static constexpr std::string_view kBefore = " - ";
  const std::size_t begin = what.find(kBefore);
  const std::string_view tail =
      begin == std::string_view::npos ? "" : what.substr(begin + kBefore.size());
  return std::string(tail.substr(0, tail.find("; ")));
}

/// Numbers of any size are right for us, so what the library says of them is not listened to.
class FirstError : public json::json_sax_t {
 public:
  std::optional<Told> told;

  bool parse_error(std::size_t position,
                   const std::string&,
                   const json::exception& error) override {
    told = {position > 0 ? position - 1 : 0, reason_of(error.what())};
    return false;
  }

  bool null() override { return true; }

  bool boolean(bool) override { return true; }

  bool number_integer(number_integer_t) override { return true; }

  bool number_unsigned(number_unsigned_t) override { return true; }

  bool number_float(number_float_t, const string_t&) override { return true; }

  bool string(string_t&) override { return true; }

  bool binary(binary_t&) override { return true; }

  bool start_object(std::size_t) override { return true; }

  bool key(string_t&) override { return true; }

  bool end_object() override { return true; }

  bool start_array(std::size_t) override { return true; }

  bool end_array() override { return true; }
};

std::optional<Told> read_again(std::string_view body) {
  const std::string_view head = body.substr(0, kReadAgain);
  FirstError first;
  json::sax_parse(head.begin(), head.end(), &first);
  const bool of_the_cut =
      first.told && head.size() < body.size() && first.told->offset + 8 > head.size();
  return of_the_cut ? std::nullopt : first.told;
}

std::string sentence(std::string_view body, std::optional<std::size_t> near) {
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return "The body is empty; expected a JSON object.";
  }
  if (body.starts_with("\xEF\xBB\xBF")) {
    return "The body begins with a byte order mark; expected a JSON object.";
  }
  if (const std::optional<Told> told = read_again(body)) {
    return fmt::format("The body is not valid JSON: {} at byte {} of {}.",
                       told->reason,
                       told->offset,
                       body.size());
  }
  if (body[first] != '{') {
    return "The body is not a JSON object.";
  }
  return fmt::format("The body is not valid JSON: it goes wrong {} byte {} of {}.",
                     near ? "near" : "after",
                     near ? *near : std::min(kReadAgain, body.size()),
                     body.size());
}

}  // namespace

RequestFault syntax_fault(std::string_view body, std::optional<std::size_t> near) {
  return {sentence(body, near), "", "invalid_json"};
}

}  // namespace wend::llm
