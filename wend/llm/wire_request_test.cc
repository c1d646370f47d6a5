// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/wire_request.h"

#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/file.h"

namespace wend::llm {
namespace {

using core::Role;
using core::Turn;
using testing::ElementsAre;

tl::expected<ChatView, RequestFault> parse(std::string body,
                                           ModelField model = ModelField::kRequired) {
  return parse_chat(body, model);
}

/// A body that is in order but for one more member.
std::string with(const std::string& member) {
  return R"({"model":"auto","messages":[{"role":"user","content":"hi"}],)" + member + "}";
}

std::string with_message(const std::string& message) {
  return R"({"model":"auto","messages":[{"role":"user","content":"hi"},)" + message + "]}";
}

ChatView fine(const std::string& body) {
  const auto view = parse(body);
  EXPECT_TRUE(view) << body.substr(0, 200) << ": " << view.error().message;
  return view.value_or(ChatView{});
}

RequestFault fault(const std::string& body) {
  const auto view = parse(body);
  EXPECT_FALSE(view) << body.substr(0, 200);
  return view ? RequestFault{} : view.error();
}

std::string slice(const std::string& body, const ByteRange& range) {
  return body.substr(range.begin, range.end - range.begin);
}

MATCHER_P3(Fault, param, code, words, "") {
  *result_listener << "param " << arg.param << ", code " << arg.code << ", message " << arg.message;
  return arg.param == param && arg.code == code && arg.message.find(words) != std::string::npos &&
         arg.message.back() == '.';
}

TEST(WireRequest, SeesWhatIsAskedFor) {
  const std::string body = R"( {
    "stream" : true, "temperature": 1e400, "seed": 123456789012345678901234567890,
    "messages": [{"role":"system","content":"be brief"}, {"content":"caf\u00e9 \ud83d\ude00\n","role":"user"}],
    "stream_options":{"include_usage":true}, "n": 3, "max_tokens": 5, "max_completion_tokens": 7,
    "model" : "auto:0.65" } )";
  const ChatView view = fine(body);
  EXPECT_EQ(view.model, "auto:0.65");
  EXPECT_EQ(slice(body, view.model_range), "\"auto:0.65\"");
  EXPECT_TRUE(view.stream);
  EXPECT_TRUE(view.include_usage);
  EXPECT_EQ(view.n, 3);
  EXPECT_EQ(view.max_tokens, 7);
  EXPECT_FALSE(view.uses_tools());
  EXPECT_EQ(view.images, 0U);
  EXPECT_TRUE(view.wend_cut.empty());
  EXPECT_THAT(view.conversation.turns,
              ElementsAre(Turn{Role::kSystem, "be brief"},
                          Turn{Role::kUser, "caf\xC3\xA9 \xF0\x9F\x98\x80\n"}));
}

TEST(WireRequest, FindsTheModelAmongItsDoubles) {
  // In a message, as a value, in a nested object, as a longer and a shorter name, in other letters.
  const std::string body =
      R"({"messages":[{"role":"user","content":"\"model\":\"no\"","model":"no","x":{"model":"no"}}],)"
      R"("metadata":{"model":"no","model":"no"},"models":"no","mode":"model","Model":"no",)"
      R"("model":"yes","user":"model"})";
  const ChatView view = fine(body);
  EXPECT_EQ(view.model, "yes");
  EXPECT_EQ(view.model_range.begin, body.find("\"yes\""));
}

TEST(WireRequest, KnowsTheModelByAnEscapedName) {
  const std::string body =
      R"({"\u006dodel" : "a\u002fb\"" ,"mess\u0061ges":[{"r\u006fle":"us\u0065r","content":"x"}]})";
  const ChatView view = fine(body);
  EXPECT_EQ(view.model, "a/b\"");
  EXPECT_EQ(slice(body, view.model_range), R"("a\u002fb\"")");
  EXPECT_THAT(view.conversation.turns, ElementsAre(Turn{Role::kUser, "x"}));
}

TEST(WireRequest, FindsTheModelBehindThreeMegabytes) {
  const std::string paste(3'000'000, '\\');  // Pairs: each is one escaped backslash.
  const std::string body =
      R"({"messages":[{"role":"user","content":")" + paste + R"("}],"model":"m"})";
  const ChatView view = fine(body);
  EXPECT_EQ(view.model, "m");
  EXPECT_EQ(view.conversation.turns.at(0).text, std::string(1'500'000, '\\'));
  EXPECT_EQ(slice(body, view.model_range), "\"m\"");
}

TEST(WireRequest, RefusesAFieldOfOursThatStandsTwice) {
  const auto twice = [](const std::string& member, const std::string& param) {
    EXPECT_THAT(fault(with(member)), Fault(param, "duplicate_parameter", "stands twice")) << member;
  };
  twice(R"("model":"auto")", "model");
  twice(R"("\u006dodel":"auto")", "model");
  twice(R"("messages":[{"role":"user","content":"hi"}])", "messages");
  twice(R"("wend":{},"wend":{})", "wend");
  twice(R"("wend":{},"w\u0065nd":null)", "wend");
  twice(R"("stream":true,"stream":true)", "stream");
  twice(R"("n":1,"n":1)", "n");
  twice(R"("wend":{"models":["a"],"models":["b"]})", "wend.models");
}

TEST(WireRequest, LetsOthersStandTwice) {
  fine(with(R"("user":"a","user":"b","metadata":{"model":1,"model":2,"messages":3})"));
  const ChatView view =
      fine(with_message(R"({"role":"tool","content":"a","role":"user","content":"b"})"));
  EXPECT_EQ(view.conversation.turns.back(), (Turn{Role::kUser, "b"}));
}

TEST(WireRequest, NamesTheFieldOfAWrongType) {
  const auto wrong =
      [](const std::string& body, const std::string& param, const std::string& words) {
        EXPECT_THAT(fault(body), Fault(param, "invalid_type", words)) << body;
      };
  wrong(R"({"model":7,"messages":[]})", "model", "expected a text, found a number");
  wrong(R"({"model":null,"messages":[]})", "model", "found null");
  wrong(
      R"({"model":"a","messages":"hi"})", "messages", "expected a list of messages, found a text");
  wrong(R"({"model":"a","messages":null})", "messages", "found null");
  wrong(with_message("3"), "messages[1]", "expected an object with role and content");
  wrong(with_message(R"({"role":1,"content":""})"), "messages[1].role", "found a number");
  wrong(with_message(R"({"role":"user","content":5})"), "messages[1].content", "found a number");
  wrong(with_message(R"({"role":"user","content":{}})"), "messages[1].content", "found an object");
  wrong(
      with_message(R"({"role":"user","content":["a"]})"), "messages[1].content[0]", "found a text");
  wrong(with_message(R"({"role":"user","content":[{"type":"text","text":"a"},{"type":1}]})"),
        "messages[1].content[1].type",
        "found a number");
  wrong(with_message(R"({"role":"user","content":[{"type":"text"}]})"),
        "messages[1].content[0].text",
        "expected a text");
  wrong(with_message(R"({"role":"user","content":[{"text":3,"type":"text"}]})"),
        "messages[1].content[0].text",
        "expected a text");
  wrong(with(R"("stream":1)"), "stream", "expected true or false, found a number");
  wrong(with(R"("stream":"true")"), "stream", "found a text");
  wrong(with(R"("stream_options":true)"), "stream_options", "expected an object, found a boolean");
  wrong(
      with(R"("stream_options":{"include_usage":1})"), "stream_options.include_usage", "a number");
  wrong(with(R"("n":"1")"), "n", "expected a whole number, found a text");
  wrong(with(R"("n":1.0)"), "n", "expected a whole number, found 1.0");
  wrong(with(R"("n":99999999999999999999)"), "n", "expected a whole number");
  wrong(with(R"("max_tokens":[])"), "max_tokens", "found a list");
  wrong(with(R"("max_completion_tokens":1e3)"), "max_completion_tokens", "found 1e3");
  wrong(with(R"("tools":{})"), "tools", "expected a list, found an object");
  wrong(with(R"("functions":1)"), "functions", "expected a list, found a number");
}

TEST(WireRequest, BoundsTheNumberOfChoices) {
  EXPECT_EQ(fine(with(R"("n":128)")).n, 128);
  EXPECT_EQ(fine(with(R"("n":null)")).n, 1);
  EXPECT_THAT(fault(with(R"("n":129)")), Fault("n", "integer_above_max_value", "from 1 to 128"));
  EXPECT_THAT(fault(with(R"("n":0)")), Fault("n", "integer_below_min_value", "found 0"));
  EXPECT_THAT(fault(with(R"("n":-1)")), Fault("n", "integer_below_min_value", "found -1"));
}

TEST(WireRequest, WantsAModelOfItsName) {
  const std::string messages = R"("messages":[{"role":"user","content":"hi"}])";
  const auto model = [&](const std::string& text) {
    return fault("{\"model\":\"" + text + "\"," + messages + "}");
  };
  EXPECT_THAT(fault("{" + messages + "}"),
              Fault("model", "missing_required_parameter", "found nothing"));
  EXPECT_THAT(model(""), Fault("model", "invalid_value", "empty"));
  EXPECT_THAT(model(std::string(257, 'x')), Fault("model", "string_above_max_length", "256"));
  EXPECT_THAT(model(R"(a\r\nx-evil: 1)"), Fault("model", "invalid_value", "control"));
  EXPECT_THAT(model(R"(a\u0000)"), Fault("model", "invalid_value", "control"));
  EXPECT_EQ(fine("{\"model\":\"" + std::string(256, 'x') + "\"," + messages + "}").model.size(),
            256U);
  const auto without = parse("{" + messages + "}", ModelField::kOptional);
  ASSERT_TRUE(without);
  EXPECT_TRUE(without->model.empty());
  EXPECT_TRUE(without->model_range.empty());
}

TEST(WireRequest, BoundsTheMessages) {
  const auto many = [](std::size_t count) {
    std::string body = R"({"model":"a","messages":[)";
    for (std::size_t i = 0; i < count; ++i) {
      body += R"({"role":"user","content":"x"},)";
    }
    body.back() = ']';
    return body + "}";
  };
  EXPECT_EQ(fine(many(10'000)).conversation.turns.size(), 10'000U);
  EXPECT_THAT(fault(many(10'001)), Fault("messages", "array_above_max_length", "10000"));
  EXPECT_THAT(fault(R"({"model":"a","messages":[]})"), Fault("messages", "empty_array", "none"));
  EXPECT_THAT(fault(R"({"model":"a"})"),
              Fault("messages", "missing_required_parameter", "nothing"));
  EXPECT_THAT(fault(with_message("{}")),
              Fault("messages[1].role", "missing_required_parameter", "role"));
}

TEST(WireRequest, CountsNestingFromTheBodysOwnObject) {
  const auto nested = [](std::size_t levels) {  // The body's own object is the first of them.
    return with("\"x\":" + std::string(levels - 1, '[') + std::string(levels - 1, ']'));
  };
  const auto objects = [](std::size_t levels) {
    std::string open;
    for (std::size_t i = 1; i < levels; ++i) {
      open += "{\"a\":";
    }
    return with("\"x\":" + open + "1" + std::string(levels - 1, '}'));
  };
  fine(nested(64));
  fine(objects(64));
  EXPECT_THAT(fault(nested(65)), Fault("", "nesting_too_deep", "64 levels"));
  EXPECT_THAT(fault(objects(65)), Fault("", "nesting_too_deep", "64 levels"));
  EXPECT_THAT(fault(std::string(2'000'000, '[')), Fault("", "invalid_json", "JSON"));
  EXPECT_THAT(fault("{\"x\":" + std::string(2'000'000, '[') + "}"),
              Fault("", "nesting_too_deep", "at byte 68"));
}

TEST(WireRequest, SaysWhereTheBodyIsNoJson) {
  const auto broken = [](const std::string& body, const std::string& words) {
    EXPECT_THAT(fault(body), Fault("", "invalid_json", words)) << body;
  };
  broken("", "empty");
  broken(" \n ", "empty");
  broken("hello", "at byte 0 of 5");
  broken("[]", "not a JSON object");
  broken("7", "not a JSON object");
  broken("\xEF\xBB\xBF{}", "byte order mark");
  broken(R"({"model":"a",})", "at byte 13 of 14");
  broken(R"({"model":"a" "b":1})", "at byte ");
  broken(R"({"model":"a"})"
         "x",
         "at byte 13 of 14");
  broken(R"({"model":"a"}{})", "at byte 13");
  broken(R"({"model":"a")", "at byte ");
  broken(R"({"model":"a)", "at byte ");
  broken(R"({model:1})", "at byte 1 of 9");
  broken(R"({'model':1})", "at byte 1 ");
  broken("{\"model\":\"a\nb\"}", "control character");
  broken(R"({"model":"a\x"})", "at byte ");
  broken(R"({"model":"\u12g4"})", "at byte ");
  broken(R"({"model":"\ud800"})", "surrogate");
  broken(R"({"model":"\udc00\ud800"})", "at byte ");
  broken(R"({"\ud800":"a"})", "surrogate");
  broken("{\"model\":\"\xC3\x28\"}", "UTF-8");
  broken("{\"model\":\"\xED\xA0\x80\"}", "UTF-8");
  broken("{\"model\":\"\xC0\xAF\"}", "UTF-8");
  broken("{\"model\":\"\xF0\x9F\x98\"}", "UTF-8");
  broken(std::string("{\"model\":\"a\"}\0", 14), "near byte ");
  for (const char* value : {"01",        "1.",
                            ".5",        "+1",
                            "-",         "1e",
                            "0x1",       "NaN",
                            "Infinity",  "tru",
                            "truex",     "nul",
                            "1 2",       "[1,]",
                            "[,1]",      "[1 2]",
                            "[\"a\":1]", "{\"a\"}",
                            "{\"a\":}",  "{\"a\":1,}",
                            "{,}",       "{\"a\":\"b\":1}",
                            "[1}",       "{\"a\":1]",
                            "\"a\"b",    "\"a\"\"b\"",
                            "1\"a\"",    "]",
                            "}",         "[[]",
                            "{\"a\":1"}) {
    broken(with(fmt::format("\"x\":{}", value)), "not valid JSON");
  }
}

TEST(WireRequest, TellsTheByteFarBehindToo) {
  const std::string far(3'000'000, ' ');
  EXPECT_THAT(fault("{" + far + "x}"), Fault("", "invalid_json", "near byte 3000001"));
  EXPECT_THAT(fault("{\"a\":\"" + far + "\xFF\"}"), Fault("", "invalid_json", "after byte 262144"));
}

TEST(WireRequest, LetsPassWhatIsNotItsOwn) {
  const ChatView view = fine(
      R"({"model":"a","messages":[{"role":"critic","content":"x"},)"
      R"({"role":"assistant","content":null,"reasoning_content":"...","refusal":null},)"
      R"({"role":"assistant"},)"
      R"({"role":"user","content":[{"type":"text","text":"one"},{"type":"text","text":""},)"
      R"({"type":"thinking","thinking":{}},{"text":"two"},{"type":"refusal","refusal":"no"}]},)"
      R"({"role":"developer","content":[]}],)"
      R"("tools":[],"functions":null,"stream":null,"max_tokens":-1,"stop":["\n"],"response_format":{"type":"json_object"},)"
      R"("":0,"\u0000":[0.0e-0,-0,1E+2,[],{},"",null,true,false]})");
  EXPECT_THAT(view.conversation.turns,
              ElementsAre(Turn{Role::kOther, "x"},
                          Turn{Role::kAssistant, ""},
                          Turn{Role::kAssistant, ""},
                          Turn{Role::kUser, "one\n\ntwo"},
                          Turn{Role::kSystem, ""}));
  EXPECT_FALSE(view.uses_tools() || view.stream || view.images > 0 || view.has_audio ||
               view.has_files);
  EXPECT_EQ(view.max_tokens, -1);
}

TEST(WireRequest, SeesWhatAModelMustBeAbleTo) {
  const auto part = [](const std::string& fields) {
    return fine(with_message(R"({"role":"user","content":[{)" + fields + "}]}"));
  };
  EXPECT_EQ(part(R"("type":"image_url","image_url":{"url":"data:..."})").images, 1U);
  EXPECT_EQ(part(R"("image_url":{},"type":"input_image")").images, 1U);
  EXPECT_EQ(part(R"("type":"video_url")").images, 1U);
  EXPECT_TRUE(part(R"("type":"input_audio","input_audio":{"data":""})").has_audio);
  EXPECT_TRUE(part(R"("type":"file","file":{})").has_files);
  EXPECT_EQ(part(R"("type":"text","text":"image_url")").images, 0U);
  EXPECT_TRUE(fine(with(R"("tools":[{"type":"function","function":{"name":"f"}}])")).uses_tools());
  EXPECT_TRUE(fine(with(R"("functions":[{"name":"f"}])")).uses_tools());
  EXPECT_TRUE(
      fine(with_message(R"({"role":"tool","tool_call_id":"1","content":"42"})")).uses_tools());
  EXPECT_TRUE(fine(with_message(R"({"role":"assistant","content":null,"tool_calls":[{"id":"1"}]})"))
                  .uses_tools());
  EXPECT_FALSE(
      fine(with_message(R"({"role":"assistant","content":"","tool_calls":null})")).uses_tools());
}

TEST(WireRequest, SaysWhichFieldAsksForIt) {
  EXPECT_EQ(fine(with(R"("tools":[{}],"functions":[{}])")).tools_field, "tools");
  EXPECT_EQ(fine(with(R"("functions":[{}])")).tools_field, "functions");
  EXPECT_EQ(fine(with_message(R"({"role":"tool","content":"42"})")).tools_field, "messages");
  EXPECT_EQ(fine(with(R"("tools":[],"max_tokens":null)")).tools_field, "");
  EXPECT_EQ(fine(with(R"("max_tokens":7)")).max_tokens_field, "max_tokens");
  for (const char* both : {R"("max_tokens":7,"max_completion_tokens":8)",
                           R"("max_completion_tokens":8,"max_tokens":7)"}) {
    EXPECT_EQ(fine(with(both)).max_tokens_field, "max_completion_tokens");
    EXPECT_EQ(fine(with(both)).max_tokens, 8);
  }
}

TEST(WireRequest, CountsTheJsonThatAModelReads) {
  const auto bytes = [](const std::string& members) { return fine(with(members)).schema_bytes; };
  EXPECT_EQ(bytes(R"("tools":[{"a":1}])"), 17U);
  EXPECT_EQ(bytes(R"("functions":[{"a":"é"}])"), 24U);
  EXPECT_EQ(bytes(R"("response_format":{"type":"json_schema"})"), 40U);
  EXPECT_EQ(bytes(R"("tools":null,"functions":null,"response_format":null)"), 0U);
  EXPECT_EQ(bytes(R"("metadata":{"tools":[{"a":1}]})"), 0U);
  EXPECT_EQ(bytes(R"("tools":[{}],"response_format":{})"), 12U + 20U);
  const auto of_calls = [](const std::string& calls) {
    return fine(with_message(R"({"role":"assistant",)" + calls + "}")).schema_bytes;
  };
  EXPECT_EQ(of_calls(R"("tool_calls":[{"id":"1"}],"content":null)"), 12U);
  EXPECT_EQ(of_calls(R"("function_call":{"name":"f"})"), 12U);
  EXPECT_EQ(of_calls(R"("tool_calls":null)"), 0U);
}

TEST(WireRequest, ReadsTheCallersWishes) {
  const ChatView view =
      fine(with(R"("wend":{"max_cost":0.01,"preference":0.65,"models":["a","b*"]})"));
  ASSERT_TRUE(view.wend.preference && view.wend.max_cost);
  EXPECT_EQ(view.wend.preference->mu, 0.65);
  EXPECT_EQ(*view.wend.max_cost, 0.01);
  EXPECT_THAT(view.wend.models, ElementsAre("a", "b*"));
  EXPECT_EQ(fine(with(R"("wend":{"preference":"quality"})")).wend.preference->mu, 0.8);
  EXPECT_EQ(fine(with(R"("wend":{"preference":"0.25"})")).wend.preference->mu, 0.25);
  EXPECT_EQ(fine(with(R"("wend":{"preference":1})")).wend.preference->mu, 1.0);
  EXPECT_FALSE(
      fine(with(R"("wend":{"preference":null,"models":null,"max_cost":null})")).wend.preference);
  EXPECT_FALSE(fine(with(R"("wend":null)")).wend_cut.empty());
  EXPECT_FALSE(fine(with(R"("wend":{})")).wend_cut.empty());
}

TEST(WireRequest, NamesAWishThatItCannotTake) {
  const auto wish = [](const std::string& block) { return fault(with("\"wend\":" + block)); };
  EXPECT_THAT(wish("3"), Fault("wend", "invalid_type", "expected an object, found a number"));
  EXPECT_THAT(wish(R"({"prefrence":1})"),
              Fault("wend.prefrence", "unknown_parameter", "did you mean 'preference'"));
  EXPECT_THAT(wish(R"({"preference":1.5})"), Fault("wend.preference", "invalid_value", "0 to 1"));
  EXPECT_THAT(wish(R"({"preference":"qualty"})"),
              Fault("wend.preference", "invalid_value", "'quality'"));
  EXPECT_THAT(wish(R"({"preference":[]})"),
              Fault("wend.preference", "invalid_type", "found a list"));
  EXPECT_THAT(wish(R"({"models":"a"})"), Fault("wend.models", "invalid_type", "found a text"));
  EXPECT_THAT(wish(R"({"models":[]})"), Fault("wend.models", "empty_array", "none"));
  EXPECT_THAT(wish(R"({"models":["a",1]})"),
              Fault("wend.models[1]", "invalid_type", "found a number"));
  EXPECT_THAT(wish(R"({"models":[""]})"), Fault("wend.models[0]", "invalid_value", "empty"));
  EXPECT_THAT(wish(R"({"max_cost":"1"})"), Fault("wend.max_cost", "invalid_type", "found a text"));
  EXPECT_THAT(wish(R"({"max_cost":-0.1})"), Fault("wend.max_cost", "invalid_value", "found -0.1"));
  EXPECT_THAT(wish(R"({"max_cost":1e999})"), Fault("wend.max_cost", "invalid_value", "1e999"));
  const RequestFault long_key = wish("{\"" + std::string(100'000, 'k') + "\":1}");
  EXPECT_LT(long_key.message.size(), 300U);
  EXPECT_LT(wish("{\"preference\":\"" + std::string(100'000, 'k') + "\"}").message.size(), 300U);
}

TEST(WireRequest, TakesTheExampleOfItsPage) {
  const std::string page =
      *base::read_file(std::string(WEND_SOURCE_DIR) + "/docs/formats/chat_request.md");
  const std::size_t begin = page.find("```\n") + 4;
  const ChatView view = fine(page.substr(begin, page.find("```", begin) - begin));
  EXPECT_EQ(view.model, "auto");
  EXPECT_TRUE(view.stream);
  EXPECT_THAT(view.wend.models, ElementsAre("small", "gpt-*"));
}

TEST(WireRequest, KeepsNothingOfTheBodyBefore) {
  fine(with(R"("wend":{"preference":1},"stream":true,"n":5)"));
  fault(with(R"("x":[1,{"y":"z)"));
  const ChatView view = fine(with(R"("user":"u")"));
  EXPECT_FALSE(view.stream || view.wend.preference);
  EXPECT_EQ(view.n, 1);
}

}  // namespace
}  // namespace wend::llm
