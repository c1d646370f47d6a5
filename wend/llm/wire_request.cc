// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/wire_request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "wend/llm/wire_messages.h"
#include "wend/llm/wire_walk.h"
#include "wend/llm/wire_wend.h"

namespace wend::llm {
namespace {

using Member = BodyWalk::Member;
using Value = BodyWalk::Value;

/// A thread's parser grows with the largest body that it has seen; above this it is given back.
constexpr std::size_t kKeptCapacity = std::size_t{1} << 18U;

/// What the model is told of the form of its calls and answers.
bool is_schema(std::string_view key) {
  return key == "tools" || key == "functions" || key == "response_format";
}

class RequestReader {
 public:
  RequestReader(BodyWalk& walk, ModelField model) : walk_(walk), model_field_(model) {}

  bool read();

  ChatView take() && { return std::move(view_); }

 private:
  using Read = bool (RequestReader::*)(Value&, Kind);

  struct Field {
    std::string_view name;
    Read read;
  };

  static constexpr std::size_t kFieldCount = 10;
  static const std::array<Field, kFieldCount> kFields;

  bool read_member(Member& member);
  bool read_known(Member& member, std::size_t field);
  bool read_model(Value& value, Kind kind);
  bool read_messages(Value& value, Kind kind);
  bool read_wend(Value& value, Kind kind);
  bool read_stream(Value& value, Kind kind);
  bool read_stream_options(Value& value, Kind kind);
  bool read_include_usage(Value& value);
  bool read_n(Value& value, Kind kind);
  bool read_max_tokens(Value& value, Kind kind);
  bool read_max_completion_tokens(Value& value, Kind kind);

  bool read_tools(Value& value, Kind kind) { return read_offers("tools", value, kind); }

  bool read_functions(Value& value, Kind kind) { return read_offers("functions", value, kind); }

  bool read_offers(const char* name, Value& value, Kind kind);
  bool read_whole_number(std::string_view name, Value& value, Kind kind, std::int64_t& place);
  bool check_model();
  bool check_present();
  void cut_wend(const Member& member, std::size_t after);

  bool seen(std::string_view name) const {
    return seen_.at(
        static_cast<std::size_t>(std::ranges::find(kFields, name, &Field::name) - kFields.begin()));
  }

  BodyWalk& walk_;
  ModelField model_field_;
  ChatView view_;
  std::array<bool, kFieldCount> seen_ = {};
  std::size_t comma_ = 0;  ///< Before the member at hand; 0 before the first.
  bool max_completion_tokens_ = false;
};

const std::array<RequestReader::Field, RequestReader::kFieldCount> RequestReader::kFields = {{
    {"model", &RequestReader::read_model},
    {"messages", &RequestReader::read_messages},
    {"wend", &RequestReader::read_wend},
    {"stream", &RequestReader::read_stream},
    {"stream_options", &RequestReader::read_stream_options},
    {"n", &RequestReader::read_n},
    {"max_tokens", &RequestReader::read_max_tokens},
    {"max_completion_tokens", &RequestReader::read_max_completion_tokens},
    {"tools", &RequestReader::read_tools},
    {"functions", &RequestReader::read_functions},
}};

bool RequestReader::read() {
  if (!walk_.root([this](Member& member) { return read_member(member); }) || !check_present()) {
    return false;
  }
  if (!seen("stream_options")) {
    const std::size_t inside = walk_.body().find('{') + 1;
    view_.ask_usage = {{inside, inside}, R"("stream_options":{"include_usage":true},)"};
  }
  return true;
}

bool RequestReader::check_present() {
  if (!seen("messages")) {
    return walk_.refuse("messages",
                        "missing_required_parameter",
                        "'messages': expected a list of messages, found nothing.");
  }
  return seen("model") || model_field_ == ModelField::kOptional ||
         walk_.refuse("model",
                      "missing_required_parameter",
                      "'model': expected the name of a model, such as \"auto\", found nothing.");
}

bool RequestReader::read_member(Member& member) {
  const std::optional<Kind> kind = walk_.kind(member.value);
  if (!kind) {
    return false;
  }
  const auto known = std::ranges::find(kFields, member.key, &Field::name);
  const auto field = static_cast<std::size_t>(known - kFields.begin());
  const bool counts = is_schema(member.key) && *kind != Kind::kNull;
  const bool fine = known == kFields.end() ? walk_.skip(member.value) : read_known(member, field);
  if (!fine) {
    return false;
  }
  const bool container = *kind == Kind::kObject || *kind == Kind::kList;
  const std::size_t after = container ? walk_.after_container() : walk_.after_scalar(member.value);
  if (known != kFields.end() && known->name == "wend") {
    cut_wend(member, after);
  }
  view_.schema_bytes += counts ? after - member.begin : 0;
  comma_ = after;
  return true;
}

bool RequestReader::read_known(Member& member, std::size_t field) {
  const std::string_view name = kFields.at(field).name;
  if (std::exchange(seen_.at(field), true)) {
    return walk_.refuse(std::string(name),
                        "duplicate_parameter",
                        "'{}' stands twice in the body; leave one out.",
                        name);
  }
  const std::optional<Kind> kind = walk_.kind(member.value);
  return kind && (this->*kFields.at(field).read)(member.value, *kind);
}

/// The comma behind goes with the member, else the comma before, else there is none.
void RequestReader::cut_wend(const Member& member, std::size_t after) {
  const bool is_last = after >= walk_.body().size() || walk_.body()[after] != ',';
  const std::size_t begin = is_last && comma_ != 0 ? comma_ : member.begin;
  view_.wend_cut = {begin, is_last ? after : after + 1};
}

bool RequestReader::read_model(Value& value, Kind kind) {
  if (kind != Kind::kText) {
    return walk_.refuse_type("model", "a text", kind);
  }
  const std::size_t begin = walk_.offset_of(value);
  view_.model_range = {begin, begin + walk_.token(value).size()};
  return walk_.text(value, &view_.model) && check_model();
}

bool RequestReader::check_model() {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (view_.model.empty()) {
    return walk_.refuse(
        "model", "invalid_value", "'model': expected the name of a model, found an empty text.");
  }
  if (view_.model.size() > kMaxModelBytes) {
    return walk_.refuse("model",
                        "string_above_max_length",
                        "'model': expected at most {} bytes, found {}.",
                        kMaxModelBytes,
                        view_.model.size());
  }
  return std::ranges::none_of(view_.model, is_control) ||
         walk_.refuse("model",
                      "invalid_value",
                      "'model': expected the name of a model, found control characters in it.");
}

bool RequestReader::read_messages(Value& value, Kind) {
  return MessagesReader(walk_, view_).read(value);
}

bool RequestReader::read_wend(Value& value, Kind) {
  return read_wend_block(walk_, value, view_.wend);
}

bool RequestReader::read_stream(Value& value, Kind kind) {
  if (kind != Kind::kBoolean && kind != Kind::kNull) {
    return walk_.refuse_type("stream", "true or false", kind);
  }
  view_.stream = walk_.token(value) == "true";
  return walk_.skip(value);
}

bool RequestReader::read_stream_options(Value& value, Kind kind) {
  const std::size_t begin = walk_.offset_of(value);
  if (kind == Kind::kNull) {
    view_.ask_usage = {{begin, begin + walk_.token(value).size()}, R"({"include_usage":true})"};
    return walk_.skip(value);
  }
  if (kind != Kind::kObject) {
    return walk_.refuse_type("stream_options", "an object", kind);
  }
  view_.ask_usage = {{begin + 1, begin + 1}, R"("include_usage":true)"};
  return walk_.members(value, [this](Member& member) {
    if (member.key == "include_usage") {
      return read_include_usage(member.value);
    }
    if (view_.ask_usage.range.empty() && !view_.include_usage) {
      view_.ask_usage.replacement = R"("include_usage":true,)";
    }
    return walk_.skip(member.value);
  });
}

/// Of several the last counts, as with every parser that lets them through.
bool RequestReader::read_include_usage(Value& value) {
  const std::optional<Kind> kind = walk_.kind(value);
  if (!kind) {
    return false;
  }
  if (*kind != Kind::kBoolean && *kind != Kind::kNull) {
    return walk_.refuse_type("stream_options.include_usage", "true or false", *kind);
  }
  const std::size_t begin = walk_.offset_of(value);
  const std::string_view token = walk_.token(value);
  view_.include_usage = token == "true";
  view_.ask_usage = view_.include_usage ? Edit{} : Edit{{begin, begin + token.size()}, "true"};
  return walk_.skip(value);
}

bool RequestReader::read_whole_number(std::string_view name,
                                      Value& value,
                                      Kind kind,
                                      std::int64_t& place) {
  if (kind != Kind::kNumber) {
    return walk_.refuse_type(std::string(name), "a whole number", kind);
  }
  const std::string_view token = walk_.token(value);
  if (!walk_.skip(value)) {
    return false;
  }
  const char* const end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, place);
  return (error == std::errc{} && stop == end) ||
         walk_.refuse(std::string(name),
                      "invalid_type",
                      "'{}': expected a whole number, found {}.",
                      name,
                      shortened(token));
}

bool RequestReader::read_n(Value& value, Kind kind) {
  if (kind == Kind::kNull) {
    return walk_.skip(value);
  }
  if (!read_whole_number("n", value, kind, view_.n)) {
    return false;
  }
  if (view_.n >= 1 && view_.n <= kMaxChoices) {
    return true;
  }
  return walk_.refuse("n",
                      view_.n < 1 ? "integer_below_min_value" : "integer_above_max_value",
                      "'n': expected a whole number from 1 to {}, found {}.",
                      kMaxChoices,
                      view_.n);
}

bool RequestReader::read_max_tokens(Value& value, Kind kind) {
  std::int64_t number = 0;
  if (kind == Kind::kNull) {
    return walk_.skip(value);
  }
  if (!read_whole_number("max_tokens", value, kind, number)) {
    return false;
  }
  if (!max_completion_tokens_) {
    view_.max_tokens = number;
    view_.max_tokens_field = "max_tokens";
  }
  return true;
}

bool RequestReader::read_max_completion_tokens(Value& value, Kind kind) {
  std::int64_t number = 0;
  if (kind == Kind::kNull) {
    return walk_.skip(value);
  }
  max_completion_tokens_ = read_whole_number("max_completion_tokens", value, kind, number);
  view_.max_tokens = number;
  view_.max_tokens_field = "max_completion_tokens";
  return max_completion_tokens_;
}

bool RequestReader::read_offers(const char* name, Value& value, Kind kind) {
  if (kind == Kind::kNull) {
    return walk_.skip(value);
  }
  if (kind != Kind::kList) {
    return walk_.refuse_type(name, "a list", kind);
  }
  return walk_.elements(value, [&](Value& tool) {
    view_.tools_field = view_.uses_tools() ? view_.tools_field : name;
    return walk_.skip(tool);
  });
}

}  // namespace

tl::expected<ChatView, RequestFault> parse_chat(std::string& body, ModelField model) {
  static thread_local simdjson::ondemand::parser kept;
  static_assert(kBodyPadding >= simdjson::SIMDJSON_PADDING);
  if (body.capacity() < body.size() + kBodyPadding) {
    body.reserve(body.size() + kBodyPadding);
  }
  simdjson::ondemand::parser grown;
  BodyWalk walk(body.size() <= kKeptCapacity ? kept : grown, body);
  RequestReader reader(walk, model);
  if (!reader.read()) {
    return tl::unexpected(std::move(walk).fault());
  }
  return std::move(reader).take();
}

}  // namespace wend::llm
