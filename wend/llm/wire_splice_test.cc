// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/wire_splice.h"

#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wend/base/random.h"
#include "wend/llm/wire_escape.h"

namespace wend::llm {
namespace {

using nlohmann::json;
using testing::ElementsAre;

std::string spliced(std::string body,
                    const std::string& model = "m",
                    UsageChunk usage = UsageChunk::kAsTheCallerSaid) {
  const auto view = parse_chat(body);
  EXPECT_TRUE(view) << body << ": " << view.error().message;
  if (!view) {
    return {};
  }
  const std::string literal = json_literal(model);
  const Splice result = splice(body, *view, literal, usage);
  EXPECT_EQ(result.size(), result.joined().size());
  return result.joined();
}

TEST(WireSplice, ExchangesTheModelAndNothingElse) {
  EXPECT_EQ(
      spliced(
          R"( { "a" : 1e400, "model" : "auto" , "messages":[ {"role":"user","model":"auto"} ] } )"),
      R"( { "a" : 1e400, "model" : "m" , "messages":[ {"role":"user","model":"auto"} ] } )");
  EXPECT_EQ(spliced(R"({"messages":[{"role":"user"}],"\u006dodel":"auto"})"),
            R"({"messages":[{"role":"user"}],"\u006dodel":"m"})");
}

TEST(WireSplice, WritesAnyNameAsAString) {
  const std::string body = R"({"model":"auto","messages":[{"role":"user"}]})";
  EXPECT_EQ(spliced(body, "a\"b\\c/d\n\x01\xC3\xA9"),
            "{\"model\":\"a\\\"b\\\\c/d\\n\\u0001\xC3\xA9\",\"messages\":[{\"role\":\"user\"}]}");
}

TEST(WireSplice, BorrowsThePiecesOfTheBody) {
  std::string body = R"({"wend":{},"model":"auto","messages":[{"role":"user"}]})";
  const auto view = parse_chat(body);
  ASSERT_TRUE(view);
  const std::string literal = "\"m\"";
  const Splice result = splice(body, *view, literal);
  EXPECT_THAT(result.pieces(),
              ElementsAre("{", R"("model":)", "\"m\"", R"(,"messages":[{"role":"user"}]})"));
  EXPECT_EQ(result.pieces()[0].data(), body.data());
  EXPECT_EQ(result.pieces()[2].data(), literal.data());
}

TEST(WireSplice, LeavesTheBlockOutWhereverItStands) {
  const std::string rest = R"("model":"m","messages":[{"role":"user"}])";
  EXPECT_EQ(spliced(R"({"wend":{"preference":1},)" + rest + "}"), "{" + rest + "}");
  EXPECT_EQ(spliced("{" + rest + R"(,"wend":{"max_cost":2}})"), "{" + rest + "}");
  EXPECT_EQ(spliced(R"({"model":"m", "wend" : null , "messages":[{"role":"user"}]})"),
            R"({"model":"m",  "messages":[{"role":"user"}]})");
  EXPECT_EQ(spliced("{ " + rest + " , \"wend\" : { } } "), "{ " + rest + " } ");
  EXPECT_EQ(spliced("{\n\t\"w\\u0065nd\" :{},\r\n" + rest + "}"), "{\n\t\r\n" + rest + "}");
}

TEST(WireSplice, LeavesTheOnlyMemberOut) {
  // As on a body without a model, which routing alone takes.
  std::string body = R"({"messages":[{"role":"user","wend":1}]  , "wend":{}  })";
  const auto view = parse_chat(body, ModelField::kOptional);
  ASSERT_TRUE(view);
  EXPECT_EQ(splice(body, *view, "\"m\"").joined(), R"({"messages":[{"role":"user","wend":1}]  })");
}

TEST(WireSplice, AsksForTheUsageThatTheCallerDidNotAskFor) {
  const auto asked = [](const std::string& members) {
    return spliced(
        R"({"model":"m","messages":[{"role":"user"}])" + members + "}", "m", UsageChunk::kAskFor);
  };
  const std::string head = R"({"model":"m","messages":[{"role":"user"}])";
  EXPECT_EQ(
      asked(""),
      R"({"stream_options":{"include_usage":true},"model":"m","messages":[{"role":"user"}]})");
  EXPECT_EQ(asked(R"(,"stream_options":null)"),
            head + R"(,"stream_options":{"include_usage":true}})");
  EXPECT_EQ(asked(R"(,"stream_options": { } )"),
            head + R"(,"stream_options": {"include_usage":true } })");
  EXPECT_EQ(asked(R"(,"stream_options":{"x":[1]})"),
            head + R"(,"stream_options":{"include_usage":true,"x":[1]}})");
  EXPECT_EQ(asked(R"(,"stream_options":{"x":1,"include_usage": false })"),
            head + R"(,"stream_options":{"x":1,"include_usage": true }})");
  EXPECT_EQ(asked(R"(,"stream_options":{"include_usage":null,"x":1})"),
            head + R"(,"stream_options":{"include_usage":true,"x":1}})");
  const std::string already = R"(,"stream_options":{"include_usage":true,"x":1})";
  EXPECT_EQ(asked(already), head + already + "}");
  EXPECT_EQ(asked(R"(,"stream_options":{"include_usage":true,"include_usage":false})"),
            head + R"(,"stream_options":{"include_usage":true,"include_usage":true}})");
  EXPECT_EQ(
      spliced(R"({"wend":{},"model":"m","messages":[{"role":"user"}]})", "m", UsageChunk::kAskFor),
      R"({"stream_options":{"include_usage":true},"model":"m","messages":[{"role":"user"}]})");
  EXPECT_EQ(spliced(head + "}", "m"), head + "}");
}

/// JSON texts of random documents, with every freedom that the grammar gives.
class Writer {
 public:
  explicit Writer(std::uint64_t seed) : random_(seed) {}

  std::string space() {
    static constexpr std::string_view kSpaces = " \t\r\n";
    std::string text;
    while (random_.below(4) == 0) {
      text += kSpaces[random_.below(kSpaces.size())];
    }
    return text;
  }

  /// The same characters, each as it is or by one of its escapes.
  std::string literal(std::string_view ascii) {
    std::string text = "\"";
    for (const char c : ascii) {
      const bool must = c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
      if (must || random_.below(8) == 0) {
        text += random_.below(2) == 0 ? fmt::format("\\u{:04x}", c) : fmt::format("\\u{:04X}", c);
      } else {
        text += c;
      }
    }
    return text + "\"";
  }

  std::string any_text() {
    static constexpr std::array<std::string_view, 16> kBits = {"model",
                                                               "wend",
                                                               "\\\"",
                                                               "\\\\",
                                                               "\\n",
                                                               "\\/",
                                                               "\\u0000",
                                                               "\\ud83d\\ude00",
                                                               "\xC3\xA9",
                                                               "\xF0\x9F\x98\x80",
                                                               "{",
                                                               "}",
                                                               ",",
                                                               ":",
                                                               "]",
                                                               "\x7F"};
    std::string text = "\"";
    while (random_.below(4) != 0) {
      text += kBits.at(random_.below(kBits.size()));
    }
    return text + "\"";
  }

  std::string value(int depth) {
    static constexpr std::array<std::string_view, 9> kScalars = {
        "null", "true", "false", "0", "-0", "-1.5E+3", "12345678901234567890123", "0.1e-7", "\"\""};
    switch (random_.below(depth > 0 ? 4 : 2)) {
      case 0:
        return std::string(kScalars.at(random_.below(kScalars.size())));
      case 1:
        return any_text();
      case 2:
        return list(depth - 1);
      default:
        return object(depth - 1);
    }
  }

  std::string list(int depth) {
    std::vector<std::string> elements;
    while (random_.below(3) != 0) {
      elements.push_back(value(depth));
    }
    return bracketed('[', elements, ']');
  }

  std::string object(int depth) {
    std::vector<std::string> members;
    while (random_.below(3) != 0) {
      members.push_back(fmt::format("{}{}:{}{}", any_text(), space(), space(), value(depth)));
    }
    return bracketed('{', members, '}');
  }

  std::string member(std::string_view key, const std::string& value) {
    return fmt::format("{}{}:{}{}", literal(key), space(), space(), value);
  }

  std::string bracketed(char open, const std::vector<std::string>& items, char close) {
    std::string text = fmt::format("{}{}", open, space());
    for (std::size_t i = 0; i < items.size(); ++i) {
      text += fmt::format("{}{}{}{}", i == 0 ? "" : ",", space(), items[i], space());
    }
    return text + close;
  }

  std::string message() {
    return fmt::format("{{{},{}}}", member("role", literal("user")), member("content", any_text()));
  }

  std::string chat() {
    static constexpr std::array<std::string_view, 5> kStreamOptions = {
        "null",
        "{}",
        "{ \"include_usage\":false}",
        "{\"x\":{},\"include_usage\":true}",
        "{\"x\":0}"};
    std::vector<std::string> members = {member("model", literal("au\"to")),
                                        member("messages", fmt::format("[{}]", message()))};
    if (random_.below(3) != 0) {
      members.push_back(
          member("wend", random_.below(4) == 0 ? "null" : fmt::format("{{{}}}", space())));
    }
    if (random_.below(2) == 0) {
      members.push_back(member("stream_options", std::string(kStreamOptions.at(random_.below(5)))));
    }
    for (std::uint64_t i = random_.below(4); i > 0; --i) {
      members.push_back(member(fmt::format("x{}", random_.below(4)), value(4)));
    }
    random_.shuffle(std::span(members));
    return space() + bracketed('{', members, '}') + space();
  }

 private:
  base::Random random_;
};

/// The document that must go upstream, made the slow way.
json expected(const std::string& body, const std::string& model, bool ask) {
  json document = json::parse(body);
  document.erase("wend");
  document["model"] = model;
  if (ask) {
    document["stream_options"]["include_usage"] = true;
  }
  return document;
}

TEST(WireSplice, IsTheSameDocumentWithTheModelExchangedOnRandomOnes) {
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    const std::string body = Writer(seed).chat();
    const std::string model = "new/\"m\\odel";
    const bool ask = seed % 2 == 0;
    const std::string result =
        spliced(body, model, ask ? UsageChunk::kAskFor : UsageChunk::kAsTheCallerSaid);
    const json document = json::parse(result, nullptr, false);
    ASSERT_FALSE(document.is_discarded()) << "seed " << seed << "\n" << body << "\n" << result;
    ASSERT_EQ(document, expected(body, model, ask)) << "seed " << seed << "\n"
                                                    << body << "\n"
                                                    << result;
  }
}

TEST(WireSplice, RefusesRandomDocumentsCutShort) {
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    const std::string whole = Writer(seed).chat();
    const std::size_t end = whole.find_last_of('}');
    std::string cut = whole.substr(0, base::Random(seed).below(end + 1));
    ASSERT_FALSE(parse_chat(cut)) << "seed " << seed << "\n" << cut;
  }
}

}  // namespace
}  // namespace wend::llm
