// SPDX-License-Identifier: Apache-2.0
#include "wend/base/json_object.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace wend::base {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

JsonFault fault_of(std::string_view text) {
  const auto object = parse_json_object(text);
  return object ? JsonFault{"none", "none"} : object.error();
}

TEST(JsonObject, GivesTheObject) {
  EXPECT_EQ(parse_json_object(R"({"a":{"b":1,"c":{"b":2}},"b":":\":"})")->at("a").at("b"), 1);
}

TEST(JsonObject, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(fault_of(R"({"prompt":"\ud800"})").sentence,
              AllOf(HasSubstr("malformed JSON at column 18"),
                    HasSubstr("surrogate U+D800..U+DBFF must be followed by")));
  EXPECT_THAT(fault_of(R"({"a":"\udc00"})").sentence, HasSubstr("must follow"));
  EXPECT_THAT(fault_of("{\"a\":\"\xff\"}").sentence, HasSubstr("UTF-8"));
  EXPECT_THAT(fault_of("{").sentence, HasSubstr("unexpected end of input"));
  EXPECT_EQ(fault_of("{\n\"a\":1,\n]").line, 3U);
  EXPECT_THAT(fault_of("{\n\"a\":1,\n]").sentence, HasSubstr("at column 1"));
  EXPECT_EQ(fault_of("{\"a\":NaN}").reason, "NaN or infinity");
  EXPECT_EQ(fault_of("{\"a\":1e999}").reason, "number out of range");
  EXPECT_EQ(fault_of("[]").reason, "not an object");
}

TEST(JsonObject, NamesTheKeyThatStandsTwice) {
  EXPECT_EQ(fault_of(R"({"id":1,"prompt":"a","x":{"id":2},"prompt":"b"})").sentence,
            "the key 'prompt' stands twice, expected each once");
  EXPECT_EQ(fault_of(R"({"a":1,"\u0061":2})").reason, "repeated key");
}

TEST(JsonObject, SurvivesADepthThatWouldBreakARecursion) {
  EXPECT_EQ(fault_of(std::string(1000000, '[')).reason, "nested too deep");
}

}  // namespace
}  // namespace wend::base
