// SPDX-License-Identifier: Apache-2.0
#include "wend/base/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::base {
namespace {

using ::testing::HasSubstr;

struct Price {
  double input = 0;

  void fields(ConfigVisitor& v) { v.value("input", input, "Per million tokens.", {0, 1e6}); }
};

struct Model {
  std::string id;
  Price price;
  std::optional<std::vector<std::string>> can;

  void fields(ConfigVisitor& v) {
    v.value("id", id, "Its name.");
    v.section("price", price, "What it costs.");
    v.value("can", can, "What it can do.");
  }
};

struct Root {
  std::string store = "wend.db";
  bool verify = true;
  std::int64_t seeds = 5;
  std::optional<double> max_cost;
  std::vector<Model> models;
  std::map<std::string, Price> upstreams;

  void fields(ConfigVisitor& v) {
    v.value("store", store, "Where it lies.");
    v.value("verify", verify, "Whether.");
    v.value("seeds", seeds, "How many.", {1, 100});
    v.value("max_cost", max_cost, "A bound.", {0, 10});
    v.sections("models", models, "The pool.");
    v.named_sections("upstreams", upstreams, "By name.");
  }
};

Status read(Root& root, std::string_view yaml, const std::vector<std::string>& sets = {}) {
  ConfigNode tree = TRY(parse_config(yaml, "w.yaml"));
  for (const std::string& set : sets) {
    TRY(apply_override(tree, set));
  }
  return read_config(
      tree, [&](ConfigVisitor& v) { root.fields(v); }, nullptr);
}

std::string fault_of(std::string_view yaml, const std::vector<std::string>& sets = {}) {
  Root root;
  const Status status = read(root, yaml, sets);
  return status ? "" : status.error().message;
}

TEST(Config, FillsEveryKindOfFieldAndKeepsDefaults) {
  Root root;
  ASSERT_TRUE(read(root,
                   "seeds: 7\nverify: false\nmax_cost: 0.5\n"
                   "models:\n  - {id: a, price: {input: 2.5}, can: [tools, vision]}\n  - {id: b}\n"
                   "upstreams: {x: {input: 1}, y: {}}\n"));
  EXPECT_EQ(root.store, "wend.db");
  EXPECT_EQ(root.seeds, 7);
  EXPECT_FALSE(root.verify);
  EXPECT_EQ(root.max_cost, 0.5);
  ASSERT_EQ(root.models.size(), 2U);
  EXPECT_EQ(root.models[0].price.input, 2.5);
  EXPECT_EQ(root.models[0].can->at(1), "vision");
  EXPECT_FALSE(root.models[1].can.has_value());
  EXPECT_EQ(root.upstreams.at("x").input, 1);
  EXPECT_EQ(root.upstreams.size(), 2U);
}

TEST(Config, NamesFileLineKeyAndMeaningOfAMisspeltKey) {
  EXPECT_THAT(
      fault_of("store: a\nmodles: []\n"),
      ::testing::AllOf(
          HasSubstr("w.yaml:2"), HasSubstr("'modles'"), HasSubstr("did you mean 'models'")));
  EXPECT_THAT(fault_of("models:\n  - {id: a, prise: {}}\n"), HasSubstr("models.0.prise"));
  EXPECT_THAT(fault_of("upstreams: {x: {inptu: 1}}\n"), HasSubstr("did you mean 'input'"));
}

TEST(Config, RefusesWrongTypesAndBounds) {
  EXPECT_THAT(fault_of("seeds: 0\n"),
              HasSubstr("seeds: expected a whole number from 1 to 100, found '0'"));
  EXPECT_THAT(fault_of("seeds: 2.5\n"), HasSubstr("whole number"));
  EXPECT_THAT(fault_of("max_cost: .nan\n"), HasSubstr("a number from 0 to 10"));
  EXPECT_THAT(fault_of("max_cost: 1e999\n"), HasSubstr("a number from 0 to 10"));
  EXPECT_THAT(fault_of("verify: maybe\n"), HasSubstr("true or false"));
  EXPECT_THAT(fault_of("models: {id: a}\n"), HasSubstr("expected a list"));
  EXPECT_THAT(fault_of("models: [a]\n"), HasSubstr("section of keys"));
  EXPECT_THAT(fault_of("store: [a]\n"), HasSubstr("store: expected a text"));
  EXPECT_THAT(fault_of("- a\n"), HasSubstr("expected keys and values"));
}

TEST(Config, RefusesDamagedYamlWithItsLine) {
  EXPECT_THAT(fault_of("store: a\nmodels: [\n"), HasSubstr("w.yaml:"));
  EXPECT_THAT(fault_of("store: a\nstore: b\n"), HasSubstr("twice"));
  std::string deep;
  for (int i = 0; i < 100; ++i) {
    deep += "{a: ";
  }
  EXPECT_THAT(fault_of(deep + "1" + std::string(100, '}')), HasSubstr("nested"));
}

TEST(Config, OverridesBeatTheFileAndAreCheckedAlike) {
  Root root;
  ASSERT_TRUE(read(root,
                   "store: a\nmodels: [{id: x}]\n",
                   {"store=b.db", "models.0.id=y", "upstreams.z.input=3"}));
  EXPECT_EQ(root.store, "b.db");
  EXPECT_EQ(root.models[0].id, "y");
  EXPECT_EQ(root.upstreams.at("z").input, 3);
  EXPECT_THAT(fault_of("", {"sotre=b"}), HasSubstr("did you mean 'store'"));
  EXPECT_THAT(fault_of("", {"store"}), HasSubstr("KEY=VALUE"));
  EXPECT_THAT(fault_of("models: [{id: x}]", {"models.3.id=y"}), HasSubstr("no position"));
  EXPECT_THAT(fault_of("store: a", {"store.x=y"}), HasSubstr("below a single value"));
}

TEST(Config, OverridesReachNamesWithDots) {
  auto tree = *parse_config("peers: {a.b: {limit: 1}, a: {b: {limit: 2}}}", "w.yaml");
  ASSERT_TRUE(apply_override(tree, R"(peers."a.b".limit=3)"));
  ASSERT_TRUE(apply_override(tree, R"(peers."a.b"."c=d"="x.y")"));
  ASSERT_TRUE(apply_override(tree, R"("peers".a.b.limit=4)"));
  const ConfigNode* const peers = tree.find("peers");
  EXPECT_EQ(peers->find("a.b")->find("limit")->scalar, "3");
  EXPECT_EQ(peers->find("a.b")->find("c=d")->scalar, "x.y");
  EXPECT_EQ(peers->find("a")->find("b")->find("limit")->scalar, "4");
  EXPECT_EQ(config_fault(tree, R"(peers."a.b".limit)", "no").message,
            R"(--set: peers."a.b".limit: no)");
  EXPECT_EQ(fault_of("upstreams: {a.b: {input: 1}}", {R"(upstreams."a.b".input=x)"}),
            R"(--set: upstreams."a.b".input: expected a number from 0 to 1000000, found 'x')");
}

TEST(Config, RefusesOverridesWhoseQuotationMarksAreHalf) {
  for (const char* half : {R"(a."b=1)", R"(a."b"c=1)", R"("=1)", R"(a."b""c"=1)"}) {
    ConfigNode tree;
    const Status status = apply_override(tree, half);
    ASSERT_FALSE(status) << half;
    EXPECT_THAT(status.error().message, HasSubstr(R"(upstreams."a.b".base_url=URL)")) << half;
  }
  for (const char* no_key : {"=1", "a.b", R"("a=1")", ""}) {
    ConfigNode tree;
    const Status status = apply_override(tree, no_key);
    ASSERT_FALSE(status) << no_key;
    EXPECT_THAT(status.error().message, HasSubstr("expected KEY=VALUE")) << no_key;
  }
}

TEST(Config, WritesANameAsOneStep) {
  EXPECT_EQ(key_step("local"), "local");
  EXPECT_EQ(key_step("a.b"), R"("a.b")");
  EXPECT_EQ(key_step("a=b"), R"("a=b")");
  EXPECT_EQ(key_step(""), R"("")");
}

TEST(Config, AFaultOfTheCommandLineClaimsNoFile) {
  for (const char* set :
       {"sotre=b", "seeds=x", "store.x.y=1", "models=3", "store=[", "models.0.id=y"}) {
    Root root;
    const Status status = read(root, "", {set});
    ASSERT_FALSE(status) << set;
    EXPECT_EQ(status.error().place.file, "") << set;
    EXPECT_THAT(status.error().message, HasSubstr("--set")) << set;
  }
  Root root;
  EXPECT_EQ(read(root, "- a\n").error().place.file, "w.yaml");
  EXPECT_EQ(read(root, "store: a\nmodels:\n- {id: [a]}\n").error().place.line, 3U);
}

TEST(Config, SaysThatThereIsNoListToChangeAnItemOf) {
  EXPECT_THAT(fault_of("", {"models.0.id=y"}),
              HasSubstr("models: expected a list to be there for --set to change an item of; give "
                        "all of it, as in --set 'models=[{...}]'"));
  EXPECT_THAT(fault_of("models: {id: a}\n"), HasSubstr("found a section of keys"));
}

TEST(Config, FindsThePlaceOfAKeyThatIsWrongForOtherReasons) {
  ConfigNode tree = *parse_config("store: a\nmodels:\n  - {id: x}\n  - id: y\n", "w.yaml");
  const Error fault = config_fault(tree, "models.1.id", "no such thing");
  EXPECT_EQ(fault.message, "w.yaml:4: models.1.id: no such thing");
  EXPECT_EQ(fault.place.line, 4U);
  EXPECT_EQ(config_fault(tree, "models.0.price.input", "x").place.line, 3U);
  ASSERT_TRUE(apply_override(tree, "store=b"));
  EXPECT_EQ(config_fault(tree, "store", "x").message, "--set: store: x");
}

TEST(Config, TellsWhereEveryValueCameFrom) {
  Root root;
  ConfigNode tree = *parse_config("store: a\n", "w.yaml");
  ASSERT_TRUE(apply_override(tree, "seeds=3"));
  std::vector<EffectiveValue> values;
  ASSERT_TRUE(read_config(
      tree, [&](ConfigVisitor& v) { root.fields(v); }, &values));
  EXPECT_EQ(values[0].source, "w.yaml:1");
  EXPECT_EQ(values[1].source, "default");
  EXPECT_EQ(values[2].source, "--set");
  EXPECT_EQ(values[2].value, "3");
}

TEST(Config, ListsEveryKeyWithItsDefault) {
  Root root;
  const auto keys = list_config_keys([&](ConfigVisitor& v) { root.fields(v); });
  std::vector<std::string> names;
  names.reserve(keys.size());
  for (const ConfigKey& key : keys) {
    names.push_back(key.key);
  }
  EXPECT_THAT(names, ::testing::Contains("models[].price.input"));
  EXPECT_THAT(names, ::testing::Contains("upstreams.NAME.input"));
  EXPECT_EQ(keys[0].default_value, "wend.db");
}

}  // namespace
}  // namespace wend::base
