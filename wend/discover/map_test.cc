// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/map.h"

#include <limits>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wend/discover/map_text.h"

namespace wend::discover {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

TaskMap small_map() {
  TaskMap map;
  map.title = "small";
  map.models = {"model-a", "model-b", "model-c"};
  map.tasks = {{.id = "task_0",
                .name = "Sums",
                .definition = "Adds numbers.",
                .size = 1'200,
                .exemplars = {"2 + 2?", "3 + 3?"},
                .mean_quality = {0.25, 0.75, kUnknown},
                .candidates = {1}},
               {.id = "task_1",
                .name = "Verse",
                .size = 3'400,
                .exemplars = {"Write a sonnet."},
                .mean_quality = {0.5, 0.625, 0.5},
                .candidates = {1, 0}}};
  map.others = {.id = "others", .name = "No task", .size = 400, .mean_quality = {0.1, 0.2, 0.3}};
  map.points = {{0, 1, 0, "2 + 2?"}, {0.5, 0.5, 1, "Write a sonnet."}, {1, 0, -1, "?"}};
  map.facts = {{"data set", "tiny"}};
  return map;
}

/// What the script reads.
nlohmann::json data_of(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" id=\"data\">";
  const std::size_t at = page.find(begin) + begin.size();
  return nlohmann::json::parse(page.substr(at, page.find("</script>", at) - at));
}

std::size_t occurrences(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

TEST(TaskMap, ShowsTasksByFallingSizeWithTheirModels) {
  const std::string page = to_html(small_map());
  EXPECT_LT(page.find("Verse</button>"), page.find("Sums</button>"));
  EXPECT_LT(page.find("Sums</button>"), page.find("No task</button>"));
  EXPECT_THAT(page, HasSubstr("3,400 prompts, 68.0\u00A0%"));
  EXPECT_THAT(page, HasSubstr("Best: <strong>model-b</strong> 0.750, <strong>model-a</strong>"));
  EXPECT_THAT(page, HasSubstr("Spread across models 0.500: 0.250 to 0.750"));
  EXPECT_THAT(page, HasSubstr("<dt>data set</dt><dd>tiny</dd>"));
  EXPECT_THAT(page, HasSubstr("3 of 5,000 prompts, drawn at random"));
}

TEST(TaskMap, LeavesOutWhatIsUnknown) {
  TaskMap map = small_map();
  map.tasks[1].mean_quality = {kUnknown, kUnknown, kUnknown};
  map.tasks[0].name = " ";
  map.others = {};
  map.points.clear();
  const std::string page = to_html(map);
  EXPECT_THAT(page, HasSubstr(">Task 0</button>"));
  EXPECT_THAT(page, HasSubstr(">No task</button>"));
  EXPECT_THAT(page, HasSubstr("No quality is known."));
  EXPECT_THAT(page, Not(HasSubstr("nan")));
  EXPECT_THAT(page, Not(HasSubstr("<canvas")));
  EXPECT_EQ(occurrences(to_html({}), "<article"), 1U);
}

TEST(TaskMap, FetchesNothing) {
  const std::string page = to_html(small_map());
  for (const char* const address :
       {"http:", "https:", "//cdn", "src=", "@import", "url(", "href"}) {
    EXPECT_THAT(page, Not(HasSubstr(address)));
  }
}

TEST(TaskMap, HoldsHostileTextAsText) {
  const std::string hostile =
      "</script><script>alert(1)</script><!-- \"'><img src=x onerror=alert(1)> & "
      "\xFF\xC3 \x01\u2028 end";
  const std::string nul = hostile + std::string(1, '\0') + "x";
  TaskMap map = small_map();
  map.title = map.models[1] = nul;
  map.facts = {{nul, nul}};
  map.tasks[0].id = map.tasks[0].name = map.tasks[0].definition = map.tasks[0].exemplars[0] = nul;
  map.points[0].text = nul;
  const std::string page = to_html(map);
  EXPECT_EQ(occurrences(page, "<script"), 2U);
  EXPECT_EQ(occurrences(page, "</script"), 2U);
  EXPECT_EQ(occurrences(page, "<!--"), 0U);
  EXPECT_EQ(occurrences(page, "<img"), 0U);
  EXPECT_EQ(page.find('\0'), std::string::npos);
  EXPECT_THAT(page, HasSubstr("&lt;/script&gt;&lt;script&gt;alert(1)"));
  EXPECT_THAT(page, HasSubstr("\u0026quot;'&gt;&lt;img"));
  EXPECT_THAT(page, HasSubstr("\uFFFD\uFFFD end x"));
  EXPECT_THAT(page, Not(HasSubstr("\xFF")));
  const auto data = data_of(page);
  EXPECT_THAT(data["names"][0].get<std::string>(), HasSubstr("</script><script>"));
  EXPECT_THAT(data["heads"][0].get<std::string>(), HasSubstr("</script><script>"));
}

TEST(TaskMap, RunsNoScriptButItsOwn) {
  const std::string page = to_html(small_map());
  std::smatch policy;
  ASSERT_TRUE(std::regex_search(page, policy, std::regex("script-src 'nonce-([0-9a-f]{32})'")));
  EXPECT_EQ(occurrences(page, "<script nonce=\"" + policy[1].str() + "\">"), 1U);
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_FALSE(std::regex_search(page, std::regex("<[^>]* on[a-z]+=")));
  TaskMap other = small_map();
  other.points[0].text = "another";
  EXPECT_THAT(to_html(other), Not(HasSubstr(policy[1].str())));
}

TEST(TaskMap, TellsTheScriptPlacesAsWholeNumbers) {
  TaskMap map = small_map();
  const std::string long_text(5'000, 'y');
  map.points.push_back({std::numeric_limits<float>::quiet_NaN(), 7, 1, long_text});
  const auto data = data_of(to_html(map));
  EXPECT_EQ(data["x"], (std::vector<int>{0, 5'000, 9'999, 0}));
  EXPECT_EQ(data["y"], (std::vector<int>{9'999, 5'000, 0, 9'999}));
  EXPECT_EQ(data["task"], (std::vector<int>{0, 1, -1, 1}));
  EXPECT_LT(data["heads"][3].get<std::string>().size(), 110U);
}

TEST(TaskMap, IsTheSamePageForTheSameMap) {
  EXPECT_EQ(to_html(small_map()), to_html(small_map()));
}

TEST(OneLine, IsAtMostSoManyCodePoints) {
  EXPECT_EQ(one_line("  a \t\n b\u00A0c\x7F ", 99), "a b c");
  EXPECT_EQ(one_line("\u00E9\u00E9\u00E9", 3), "\u00E9\u00E9\u00E9");
  EXPECT_EQ(one_line("\u00E9\u00E9\u00E9 ", 3), "\u00E9\u00E9\u00E9");
  EXPECT_EQ(one_line("\u00E9\u00E9\u00E9\u00E9", 3), "\u00E9\u00E9\u00E9\u2026");
  EXPECT_EQ(one_line("ab cd", 3), "ab\u2026");
  EXPECT_EQ(one_line("", 0), "");
}

TEST(Grouped, SetsACommaEveryThreeDigits) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'000), "1,000");
  EXPECT_EQ(grouped(1'234'567), "1,234,567");
}

}  // namespace
}  // namespace wend::discover
