// SPDX-License-Identifier: Apache-2.0
#include "wend/base/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/file.h"

namespace wend::base {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Template, PutsEachValueInItsPlaces) {
  EXPECT_EQ(fill_template("{{a}}, {{b}} and {{a}}", {{"a", "1"}, {"b", "2"}}), "1, 2 and 1");
  EXPECT_EQ(fill_template("{{a}}", {{"a", ""}}), "");
  EXPECT_EQ(fill_template("", {{"a", "1"}}), "");
}

TEST(Template, DoesNotLookAtWhatItPutIn) {
  EXPECT_EQ(fill_template("{{a}}{{b}}", {{"a", "{{b}}"}, {"b", "{{a}}"}}), "{{b}}{{a}}");
  EXPECT_EQ(fill_template("{{a}}b}}", {{"a", "{{"}, {"b", "no"}}), "{{b}}");
}

TEST(Template, LeavesAloneWhatIsNoPlaceOfItsOwn) {
  for (const char* text : {"{{c}}", "{a}", "{{a", "{{", "{{ a }}", "a}}", "{{}}"}) {
    EXPECT_EQ(fill_template(text, {{"a", "1"}}), text);
  }
  EXPECT_EQ(fill_template("{{{a}}}", {{"a", "1"}}), "{1}");
  EXPECT_EQ(fill_template("{{ {{a}}", {{"a", "1"}}), "{{ 1");
}

TEST(Template, KnowsItsPlaces) {
  EXPECT_THAT(template_places("{{b}} {{a}}, {{b}}"), ElementsAre("a", "b"));
  EXPECT_THAT(template_places(R"({"a": {"b": {{c}}}} {{{d}}})"), ElementsAre("c", "d"));
  for (const char* none : {"", "{{}}", "{{a", "a}}", "{a}", "{{a} }"}) {
    EXPECT_THAT(template_places(none), IsEmpty()) << none;
  }
}

TEST(Template, IsRefusedWhereAPlaceIsMissing) {
  const std::string path = ::testing::TempDir() + "/template.txt";
  ASSERT_TRUE(write_file_atomically(path, "Is {{answer}} right?"));
  EXPECT_EQ(*read_template("prompts.judge", path, {"answer"}), "Is {{answer}} right?");
  const auto refused = read_template("prompts.judge", path, {"answer", "question"});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("prompts.judge"));
  EXPECT_THAT(refused.error().message, HasSubstr("{{question}}"));
}

}  // namespace
}  // namespace wend::base
