// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/prompts.h"

#include <filesystem>
#include <fstream>

#include "tests/support/temp_dir.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/synth/node_job.h"

namespace wend::synth {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Prompts, PutValuesIntoTheirPlacesAndLookAtThemNoMore) {
  const Prompts prompts = Prompts::built_in();
  EXPECT_THAT(prompts.render("again", {{"why", "it says {{why}}"}}),
              HasSubstr("cannot be used: it says {{why}}."));
}

TEST(Prompts, NoRequestHasAPlaceThatWasNotFilled) {
  // The authors' domain prompt reaches the model with the name of its rules in it.
  for (const Form form : {Form::kMarkers, Form::kJson}) {
    Voice voice;
    voice.form = form;
    const NodeSet path = {{"Law", "d", "e"}, {"Contracts", "d2", "e2"}};
    for (const std::string& request : {further_domains(voice, path, 4).request,
                                       described_domains(voice, "a help desk", 4).request,
                                       children_of(voice, std::span(path).first(1), 10).request,
                                       children_of(voice, path, 5).request}) {
      EXPECT_THAT(request, AllOf(Not(HasSubstr("{{")), Not(HasSubstr("}}")), HasSubstr("at most")));
    }
  }
}

TEST(Prompts, AFoldersTextsStandInForOurs) {
  const support::TempDir folder;
  std::ofstream(folder / "synth_again.txt") << "No: {{why}}\n";
  const auto prompts = Prompts::with_folder(folder.path());
  ASSERT_TRUE(prompts) << prompts.error().message;
  EXPECT_EQ(prompts->render("again", {{"why", "x"}}), "No: x");
  EXPECT_EQ(prompts->render("system", {}), Prompts::built_in().render("system", {}));
  EXPECT_NE(prompts->digest(), Prompts::built_in().digest());
}

TEST(Prompts, AnAuditsTextsAreNoPartOfTheSynthesis) {
  const support::TempDir folder;
  std::ofstream(folder / "synth_audit.txt") << "{{question}} {{answer}} {{format}}";
  std::ofstream(folder / "synth_solve.txt") << "{{question}}";
  std::ofstream(folder / "synth_format_verdict.txt") << "Say <verdict>right</verdict>.";
  const auto prompts = Prompts::with_folder(folder.path());
  ASSERT_TRUE(prompts) << prompts.error().message;
  EXPECT_EQ(prompts->render("solve", {{"question", "x"}}), "x");
  EXPECT_EQ(prompts->digest(), Prompts::built_in().digest());
}

TEST(Prompts, AFolderWithAWrongNameOrPlaceIsRefused) {
  const support::TempDir folder;
  std::ofstream(folder / "synth_agin.txt") << "{{why}}";
  EXPECT_THAT(Prompts::with_folder(folder.path()).error().message,
              HasSubstr("did you mean 'synth_again'?"));
  std::filesystem::remove(folder / "synth_agin.txt");
  std::ofstream(folder / "synth_again.txt") << "{{reason}}";
  EXPECT_THAT(Prompts::with_folder(folder.path()).error().message,
              HasSubstr("has the places {{reason}}, expected {{why}}"));
  EXPECT_EQ(Prompts::with_folder(folder / "none").error().code, base::Code::kNotFound);
}

}  // namespace
}  // namespace wend::synth
