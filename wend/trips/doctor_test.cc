// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/doctor.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/temp_dir.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/file.h"
#include "wend/base/hash.h"
#include "wend/ml/artifact.h"

namespace wend::trips {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kTwoModels = R"(
upstreams:
  near: {base_url: "http://127.0.0.1:9/v1"}
  far: {base_url: "https://far.example/v1", api_key_env: WEND_TEST_KEY}
models:
  - {id: small, upstream: near, upstream_model: tiny, price: {input: 1, output: 2}, can: [tools], context: 4096}
  - {id: large, upstream: far}
)";

base::Result<ModelsAnswer> lists_tiny_and_large(const UpstreamConfig& /*upstream*/) {
  return ModelsAnswer{200, R"({"data":[{"id":"tiny"},{"id":"large"},{"id":"else"}]})"};
}

class Doctor : public ::testing::Test {
 protected:
  void SetUp() override {
    ::setenv("WEND_TEST_KEY", "s3cret-canary", 1);
    ::setenv("WEND_ENCODER", path("no-encoder").c_str(), 1);
  }

  void TearDown() override {
    ::unsetenv("WEND_TEST_KEY");
    ::unsetenv("WEND_ENCODER");
  }

  std::string path(const std::string& name) const { return folder_ / name; }

  std::vector<Check> examine(const std::string& yaml, const DoctorProbes& probes = {}) const {
    std::ofstream(path("w.yaml")) << yaml;
    const auto loaded = load_config({path("w.yaml"), {}});
    return diagnose({loaded, path("w.yaml"), true, path("wend.db")}, probes);
  }

  /// The only check of that name.
  static Check only(const std::vector<Check>& checks, const std::string& name) {
    const auto found = std::ranges::find(checks, name, &Check::name);
    EXPECT_NE(found, checks.end()) << "no check named " << name;
    EXPECT_EQ(std::ranges::count(checks, name, &Check::name), 1) << name;
    return found == checks.end() ? Check{} : *found;
  }

  support::TempDir folder_;
};

TEST_F(Doctor, EveryFaultSaysHowToMendItAndWhatIsWellNeedsNothing) {
  for (const Check& check : examine(kTwoModels)) {
    EXPECT_EQ(check.health == Health::kOk, check.mend.empty()) << check.name;
    EXPECT_THAT(check.message, Not(IsEmpty())) << check.name;
  }
}

TEST_F(Doctor, AConfigurationThatCannotBeReadFailsAndTheMachineIsStillExamined) {
  const auto checks = examine("upstream: {}");
  EXPECT_EQ(checks.front().name, "configuration");
  EXPECT_EQ(checks.front().health, Health::kFail);
  EXPECT_THAT(checks.front().message, HasSubstr("did you mean 'upstreams'?"));
  EXPECT_THAT(checks, Contains(Field(&Check::name, "disk")));
  EXPECT_THAT(checks, Contains(Field(&Check::name, "encoder")));
  EXPECT_THAT(checks, Not(Contains(Field(&Check::name, "artifact"))));
}

TEST_F(Doctor, AnAbsentConfigurationIsWorthALookButNoFailure) {
  const base::Result<LoadedConfig> loaded = LoadedConfig{};
  const auto checks = diagnose({loaded, "wend.yaml", false, path("wend.db")}, {});
  EXPECT_EQ(checks.front().health, Health::kWarn);
  EXPECT_THAT(checks.front().mend, HasSubstr("wend init"));
}

TEST_F(Doctor, KeysAreFoundPresentOrMissingAndNeverPrinted) {
  const auto present = examine(kTwoModels);
  EXPECT_EQ(only(present, "key WEND_TEST_KEY").health, Health::kOk);
  for (const Check& check : present) {
    EXPECT_THAT(check.message + check.mend, Not(HasSubstr("s3cret"))) << check.name;
  }
  ::setenv("WEND_TEST_KEY", "s3cret-canary\n", 1);
  const Check spaced = only(examine(kTwoModels), "key WEND_TEST_KEY");
  EXPECT_EQ(spaced.health, Health::kFail);
  EXPECT_THAT(spaced.message, AllOf(HasSubstr("white space"), Not(HasSubstr("s3cret"))));
  ::setenv("WEND_TEST_KEY", "", 1);
  const Check empty = only(examine(kTwoModels), "key WEND_TEST_KEY");
  EXPECT_EQ(empty.health, Health::kFail);
  EXPECT_THAT(empty.message, HasSubstr("upstream far"));
  EXPECT_THAT(empty.mend, HasSubstr("export WEND_TEST_KEY="));
}

TEST_F(Doctor, UpstreamsAreJudgedByWhatTheyAnswer) {
  struct Case {
    base::Result<ModelsAnswer> answer;
    Health health;
    const char* message;
  };

  const std::vector<Case> cases = {
      {ModelsAnswer{200, R"({"data":[{"id":"tiny"},{"id":"large"}]})"}, Health::kOk, "2 models"},
      {ModelsAnswer{200, R"({"data":[{"id":"other"}]})"}, Health::kWarn, "does not list 'tiny'"},
      {ModelsAnswer{200, "<html>hello</html>"}, Health::kWarn, "list of models is none"},
      {ModelsAnswer{200, R"({"data":"x"})"}, Health::kWarn, "list of models is none"},
      {ModelsAnswer{200, R"({"data":[3,{"id":5}]})"}, Health::kWarn, "does not list 'tiny'"},
      {ModelsAnswer{401, ""}, Health::kFail, "refuses us with status 401"},
      {ModelsAnswer{404, ""}, Health::kWarn, "status 404"},
      {base::fail(base::Code::kUnavailable, "connection refused"),
       Health::kFail,
       "connection refused"},
  };
  for (const Case& one : cases) {
    DoctorProbes probes;
    probes.upstream = [&](const UpstreamConfig& upstream) -> base::Result<ModelsAnswer> {
      return upstream.base_url.starts_with("http:") ? one.answer : lists_tiny_and_large(upstream);
    };
    const auto checks = examine(kTwoModels, probes);
    EXPECT_EQ(only(checks, "upstream near").health, one.health) << one.message;
    EXPECT_THAT(only(checks, "upstream near").message, HasSubstr(one.message));
    EXPECT_EQ(only(checks, "upstream far").health, Health::kOk);
  }
}

TEST_F(Doctor, AnUpstreamWithoutAnAddressFails) {
  const auto checks = examine("upstreams: {near: {base_url: ''}}", {lists_tiny_and_large, {}});
  EXPECT_EQ(only(checks, "upstream near").health, Health::kFail);
}

TEST_F(Doctor, ModelsThatDoNotSayWhatTheyCanAreSaidToCountAsAbleAndUnlimited) {
  const auto checks = examine(kTwoModels);
  EXPECT_EQ(only(checks, "model small").health, Health::kOk);
  const Check large = only(checks, "model large");
  EXPECT_EQ(large.health, Health::kWarn);
  EXPECT_THAT(
      large.message,
      AllOf(HasSubstr("able to do everything"), HasSubstr("unlimited"), HasSubstr("price")));
  EXPECT_EQ(only(examine("models: [{id: a}]"), "model a").health, Health::kWarn);
  EXPECT_EQ(only(examine(""), "models").health, Health::kWarn);
}

TEST_F(Doctor, AnEncoderOfTheKnownNameMustHaveTheKnownBytes) {
  for (const std::string file : {"config.json", "model.safetensors", "tokenizer.json"}) {
    folder_.write("all-MiniLM-L6-v2/" + file, "other");
    folder_.write("own/" + file, "other");
  }
  const auto encoder_at = [&](const std::string& folder) {
    return only(examine("encoder: {path: '" + path(folder) + "'}"), "encoder");
  };
  EXPECT_EQ(encoder_at("own").health, Health::kOk);
  const Check damaged = encoder_at("all-MiniLM-L6-v2");
  EXPECT_EQ(damaged.health, Health::kFail);
  EXPECT_THAT(damaged.message, HasSubstr("expected 53aa51172d14"));
  std::filesystem::remove(path("own/tokenizer.json"));
  EXPECT_THAT(encoder_at("own").message, HasSubstr("tokenizer.json' is missing"));
  EXPECT_THAT(encoder_at("none").mend, HasSubstr("tools/fetch_encoder.sh"));
}

TEST_F(Doctor, TheKnownSumOfTheWeightsIsTheOneOfTheScriptThatFetchesThem) {
  const auto script = base::read_file(std::string(WEND_SOURCE_DIR) + "/tools/fetch_encoder.sh");
  ASSERT_TRUE(script) << script.error().message;
  folder_.write("all-MiniLM-L6-v2/model.safetensors", "other");
  const Check check =
      only(examine("encoder: {path: '" + path("all-MiniLM-L6-v2") + "'}"), "encoder");
  const std::string expected = check.message.substr(check.message.find("expected ") + 9, 12);
  EXPECT_THAT(*script, HasSubstr(expected)) << expected;
}

/// A whole artifact of the rule `best_static` over the models `small` and `gone`.
void write_artifact(const std::string& folder,
                    const std::string& encoder_sha256,
                    const std::string& normaliser) {
  const std::string manifest =
      R"({"id":"best_static-1","router":"best_static","dataset":"mine","config":{},"tasks":[],)"
      R"("encoder":{"sha256":")" +
      encoder_sha256 + R"("},"normaliser":)" + normaliser +
      R"(,"models":[{"id":"small"},{"id":"gone"}],"queries":{"train":[],"validation":[]}})";
  ml::Artifact artifact{manifest, {}};
  artifact.weights.put("model_means", ml::Tensor({4, 2}, {1, 1, 0, 0, 0.1F, 0.2F, 1, 1}));
  const base::Status written = ml::write_artifact(artifact, folder);
  ASSERT_TRUE(written) << written.error().message;
}

constexpr const char* kReference = R"({"name":"reference","parameters":{"c_ref":2}})";

TEST_F(Doctor, AnArtifactIsReadAndHeldAgainstEncoderAndPool) {
  const std::string weights = folder_.write("own/model.safetensors", "weights");
  const std::string encoder = *base::sha256_hex_of_file(weights);
  const std::string yaml = "encoder: {path: '" + path("own") + "'}\nrouter: {artifact: '" +
                           path("runs/a") + "'}\n" + kTwoModels;
  write_artifact(path("runs/a"), encoder, kReference);
  std::vector<Check> of_artifact = examine(yaml);
  std::erase_if(of_artifact, [](const Check& check) { return check.name != "artifact"; });
  ASSERT_EQ(of_artifact.size(), 3U) << of_artifact[0].message;
  EXPECT_EQ(of_artifact[0].health, Health::kOk);
  EXPECT_THAT(of_artifact[0].message, HasSubstr("best_static-1, 2 models, trained on 'mine'"));
  EXPECT_THAT(of_artifact[1].message, HasSubstr("does not know model 'large'"));
  EXPECT_THAT(of_artifact[2].message, HasSubstr("'gone', which the configuration does not have"));

  write_artifact(path("runs/a"), std::string(64, 'a'), kReference);
  EXPECT_THAT(only(examine(yaml), "artifact").message, HasSubstr("trained on the encoder aaaaaa"));
  write_artifact(path("runs/a"),
                 encoder,
                 R"({"name":"dataset_minmax_train","parameters":{"min":0,"max":1,"groups":{}}})");
  const Check grouped = only(examine(yaml), "artifact");
  EXPECT_EQ(grouped.health, Health::kFail);
  EXPECT_THAT(grouped.message, HasSubstr("cannot be served"));
}

TEST_F(Doctor, AnArtifactThatIsNotThereOrDamagedFailsWithTheReason) {
  const std::string yaml = "router: {artifact: '" + path("runs/a") + "'}";
  const Check absent = only(examine(yaml), "artifact");
  EXPECT_EQ(absent.health, Health::kFail);
  EXPECT_THAT(absent.message, HasSubstr("runs/a"));
  write_artifact(path("runs/a"), std::string(64, 'a'), kReference);
  std::ofstream(path("runs/a/weights.safetensors"), std::ios::app) << "x";
  EXPECT_THAT(only(examine(yaml), "artifact").message, HasSubstr("weights.safetensors"));
  EXPECT_EQ(only(examine(""), "artifact").health, Health::kWarn);
}

TEST_F(Doctor, AStoreThatIsNoneFailsAndAnAbsentOneIsFine) {
  EXPECT_EQ(only(examine(""), "store").health, Health::kOk);
  std::ofstream(path("wend.db")) << "this is no SQLite file, and long enough to be sure of it";
  EXPECT_EQ(only(examine(""), "store").health, Health::kFail);
}

TEST_F(Doctor, TheBlasIsToldAndTheSlowOneIsWorthALook) {
  DoctorProbes probes;
  probes.blas = [] { return BlasReport{"openblas", "/usr/lib/libopenblas.so", ""}; };
  EXPECT_THAT(only(examine("", probes), "blas").message, HasSubstr("openblas"));
  probes.blas = [] { return BlasReport{"reference", "/x", "43 times slower"}; };
  EXPECT_EQ(only(examine("", probes), "blas").health, Health::kWarn);
  probes.blas = []() -> base::Result<BlasReport> {
    return base::fail(base::Code::kNotFound, "start 'wend-train'");
  };
  EXPECT_EQ(only(examine("", probes), "blas").health, Health::kWarn);
}

}  // namespace
}  // namespace wend::trips
