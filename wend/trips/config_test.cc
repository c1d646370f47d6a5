// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/config.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/file.h"

namespace wend::trips {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ConfigFile : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("wend-config-" + std::to_string(::getpid()) + "-" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }

  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& yaml) const {
    const std::string path = folder_ / "w.yaml";
    std::ofstream(path) << yaml;
    return path;
  }

  std::string fault_of(const std::string& yaml) const {
    const auto loaded = load_config({write(yaml), {}});
    return loaded ? "" : loaded.error().message;
  }

  std::filesystem::path folder_;
};

TEST_F(ConfigFile, WhatInitWritesLoadsAndIsShort) {
  const auto loaded = load_config({write(example_config()), {}});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->config.models.size(), 2U);
  EXPECT_EQ(loaded->config.upstreams.size(), 2U);
  EXPECT_EQ(loaded->config.router.artifact, "runs/latest");
}

TEST_F(ConfigFile, RefusesTextsThatMeanNothing) {
  EXPECT_THAT(fault_of("train: {split: 0.9}"), HasSubstr("train.split: "));
  EXPECT_THAT(fault_of("train: {normaliser: refrence}"),
              AllOf(HasSubstr("train.normaliser: "), HasSubstr("did you mean 'reference'")));
  EXPECT_THAT(fault_of("policy: {preference: 1.5}"), HasSubstr("policy.preference: "));
}

TEST_F(ConfigFile, AMisspeltKeyOfTheCommandLineSaysThatItStoodThere) {
  const auto loaded = load_config({write(""), {"trai.split=6:4"}});
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message,
              AllOf(HasSubstr("--set"), HasSubstr("unknown key 'trai' (did you mean 'train'?)")));
}

TEST_F(ConfigFile, RefusesModelsThatContradict) {
  EXPECT_THAT(fault_of("models: [{id: a}, {id: a}]"), HasSubstr("'a' stands twice"));
  EXPECT_THAT(fault_of("models: [{context: 3}]"), HasSubstr("without an id"));
  EXPECT_THAT(fault_of("upstreams: {local: {base_url: x}}\nmodels: [{id: a, upstream: locale}]"),
              HasSubstr("did you mean 'local'"));
  EXPECT_THAT(fault_of("upstreams: {local: {base_url: x}}\nmodels:\n- {id: a, upstream: remote}"),
              HasSubstr("w.yaml:3: models.0.upstream: unknown upstream 'remote'; expected one of "
                        "local"));
  EXPECT_THAT(fault_of("models: [{id: a, upstream: remote}]"), HasSubstr("which is empty"));
  EXPECT_THAT(fault_of("upstreams: {local: {api_key: x}}"),
              HasSubstr("did you mean 'api_key_env'?"));
  EXPECT_THAT(fault_of("models: [{id: a, can: [tols]}]"),
              HasSubstr("models.0.can: unknown capability 'tols' (did you mean 'tools'?)"));
  EXPECT_EQ(fault_of("models: [{id: a, can: [tools, vision, my_own_word]}]"), "");
  EXPECT_THAT(fault_of("models: {catalogue: prices.json}"),
              HasSubstr("models.catalogue: this version reads no price catalogue"));
  EXPECT_THAT(fault_of("models: [{id: a, price: {input: -1}}]"),
              HasSubstr("models.0.price.input: expected a number from 0"));
  EXPECT_THAT(fault_of("models: [{id: a, price: {inputt: 1}}]"), HasSubstr("did you mean 'input'"));
}

TEST_F(ConfigFile, RefusesLessRoomForAllBodiesThanForOne) {
  EXPECT_THAT(fault_of("serve: {max_body_bytes: 5000,\n  max_bodies_bytes: 4999}"),
              HasSubstr("w.yaml:2: serve.max_bodies_bytes: expected at least serve.max_body_bytes, "
                        "5000, or no such body is ever taken; found 4999"));
  EXPECT_EQ(fault_of("serve: {max_body_bytes: 5000, max_bodies_bytes: 5000}"), "");
}

TEST_F(ConfigFile, NamedFileMustExistAndTheDefaultOneNeedNot) {
  EXPECT_THAT(load_config({(folder_ / "none.yaml").string(), {}}).error().message,
              HasSubstr("none.yaml"));
  std::filesystem::current_path(folder_);
  EXPECT_TRUE(load_config({}));
}

TEST_F(ConfigFile, InitLeavesAnExistingFileAlone) {
  const auto path = write_example_config(folder_ / "new", Overwrite::kNo);
  ASSERT_TRUE(path);
  EXPECT_EQ(write_example_config(folder_ / "new", Overwrite::kNo).error().code,
            base::Code::kAlreadyExists);
  EXPECT_TRUE(write_example_config(folder_ / "new", Overwrite::kYes));
}

TEST(ConfigReference, PageMatchesTheFields) {
  const auto page = base::read_file(std::string(WEND_SOURCE_DIR) + "/docs/config.md");
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(*page, config_reference()) << "write it anew: wend config --markdown > docs/config.md";
}

}  // namespace
}  // namespace wend::trips
