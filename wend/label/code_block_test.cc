// SPDX-License-Identifier: Apache-2.0
#include "wend/label/code_block.h"

#include <gtest/gtest.h>

namespace wend::label {
namespace {

TEST(CodeOfReply, IsTheFencedBlockOrElseAllOfIt) {
  EXPECT_EQ(code_of_reply("Sure:\n```python\nx = 1\n```\nDone.", ""), "x = 1\n");
  EXPECT_EQ(code_of_reply("```\nx = 1\n```", ""), "x = 1\n");
  EXPECT_EQ(code_of_reply("~~~~ Py title=\"a\"\nx = '''\n```\n'''\n~~~~\n", ""),
            "x = '''\n```\n'''\n");
  EXPECT_EQ(code_of_reply("  ```python3\r\n  x = 1\r\n  ```\r\n", ""), "  x = 1\r\n");
  EXPECT_EQ(code_of_reply("    return x\n", ""), "    return x\n");
  EXPECT_EQ(code_of_reply("", ""), "");
}

TEST(CodeOfReply, GoesToTheEndWhereItWasCutOff) {
  EXPECT_EQ(code_of_reply("```python\ndef f():\n  return", ""), "def f():\n  return");
  EXPECT_EQ(code_of_reply("x\n```python", ""), "");
}

TEST(CodeOfReply, PassesOverOtherLanguagesUsesAndFirstTries) {
  const std::string_view reply =
      "```bash\npip install x\n```\n```python\ndef f(): return 1\n```\nNo:\n```python\n"
      "def f(): return 2\ndef fast(): pass\n```\nUse:\n```python\nprint(f())\n```\n```text\n2\n```";
  EXPECT_EQ(code_of_reply(reply, "f"), "def f(): return 2\ndef fast(): pass\n");
  EXPECT_EQ(code_of_reply(reply, ""), "def f(): return 2\ndef fast(): pass\n");
  EXPECT_EQ(code_of_reply("```\nasync def f(): 1\n```\n```\nclass C: 2\n```", "f"),
            "async def f(): 1\n");
  EXPECT_EQ(code_of_reply("```\ndef g(): 1\n```\n```\n# def f\nundef = 2\n```", "f"),
            "def g(): 1\n");
  EXPECT_EQ(code_of_reply("```js\nlet x\n```", ""), "```js\nlet x\n```");
}

TEST(CodeOfReply, LeavesThoughtsOut) {
  EXPECT_EQ(code_of_reply("<think>```\nx\n```</think>\n```\ny\n```", ""), "y\n");
  EXPECT_EQ(code_of_reply("<think>```\nx\n```", ""), "");
  EXPECT_EQ(code_of_reply("Use ```x = 1``` here", ""), "Use ```x = 1``` here");
}

}  // namespace
}  // namespace wend::label
