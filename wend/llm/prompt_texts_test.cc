// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/prompt_texts.h"

#include <fstream>

#include "tests/support/temp_dir.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/llm/prompts.h"

namespace wend::llm {
namespace {

using ::testing::HasSubstr;

void write(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

TEST(PromptTexts, AFoldersTextsStandInForTheProgramsOwn) {
  const support::TempDir folder;
  write(folder / "judge_again.txt", "A number!\n");
  write(folder / "README.md", "Ours.");
  const auto texts = prompt_texts(folder.path());
  ASSERT_TRUE(texts) << texts.error().message;
  EXPECT_EQ(texts->at("judge_again"), "A number!\n");
  EXPECT_EQ(texts->at("judge"), embedded_prompt("judge"));
  EXPECT_EQ(texts->size(), embedded_prompts().size());
  EXPECT_EQ(*prompt_texts(""), *prompt_texts(support::TempDir().path()));
}

TEST(PromptTexts, RefusesATextThatNobodyWouldUse) {
  const auto refusal = [](const std::string& file, const std::string& text) {
    const support::TempDir folder;
    write(folder / file, text);
    const auto texts = prompt_texts(folder.path());
    return texts ? "" : texts.error().message;
  };
  EXPECT_THAT(refusal("juge.txt", "x"),
              HasSubstr("no prompt has that name (did you mean 'judge'?)"));
  EXPECT_THAT(refusal("judge.txt", "{{question}} {{answer}}"),
              HasSubstr("has the places {{answer}}, {{question}}, expected {{answer}}, "
                        "{{question}}, {{reference}}"));
  EXPECT_THAT(refusal("answer.txt", "{{question}}!"), HasSubstr("label.prompt_template"));
  EXPECT_EQ(refusal("answer.txt", std::string(embedded_prompt("answer"))), "");
  EXPECT_EQ(prompt_texts("/no/such/folder").error().code, base::Code::kNotFound);
}

}  // namespace
}  // namespace wend::llm
