// SPDX-License-Identifier: Apache-2.0
// The fast forward pass against recorded vectors of onnxruntime (tests/golden/encoder), against our
// own plain pass, and against itself in other company.
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <gmock/gmock.h>
#include <unistd.h>

#include "wend/base/file.h"
#include "wend/base/random.h"
#include "wend/encoder/bert_reference.h"
#include "wend/encoder/encoder.h"
#include "wend/ml/cpu.h"
#include "wend/ml/safetensors.h"

namespace wend::encoder {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kGolden = WEND_SOURCE_DIR "/tests/golden/encoder";

std::string minilm_folder() {
  const char* named = std::getenv("WEND_ENCODER");
  return named != nullptr ? named : base::cache_folder() + "/encoder/all-MiniLM-L6-v2";
}

#define SKIP_WITHOUT_MINILM()                                                                \
  if (!std::filesystem::exists(minilm_folder() + "/model.safetensors")) {                    \
    GTEST_SKIP() << "no weights in " << minilm_folder() << " (WEND_ENCODER names a folder)"; \
  }

#define SKIP_UNLESS_SLOW()                         \
  if (std::getenv("WEND_SLOW") == nullptr) {       \
    GTEST_SKIP() << "slow: runs with WEND_SLOW=1"; \
  }

struct Golden {
  std::vector<TokenIds> texts;
  base::Matrix pooled;
};

Golden read_golden(const std::string& name) {
  const ml::TensorMap tensors = ml::load_safetensors(kGolden + "/" + name).value();
  const std::vector<float> lengths = tensors.vector("lengths").value();
  const std::vector<float> ids = tensors.vector("ids").value();
  Golden golden{{}, tensors.matrix("pooled").value()};
  std::size_t next = 0;
  for (const float length : lengths) {
    TokenIds& text = golden.texts.emplace_back();
    for (float i = 0; i < length; ++i) {
      text.push_back(static_cast<std::int32_t>(ids[next++]));
    }
  }
  return golden;
}

double norm(std::span<const float> v) {
  double sum = 0;
  for (const float x : v) {
    sum += double{x} * double{x};
  }
  return std::sqrt(sum);
}

struct Difference {
  double cosine = 0;
  double largest = 0;  // of a component of the normalised vectors
};

Difference compare(std::span<const float> a, std::span<const float> b) {
  Difference difference;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = double{a[i]} / norm(a);
    const double y = double{b[i]} / norm(b);
    difference.cosine += x * y;
    difference.largest = std::max(difference.largest, std::abs(x - y));
  }
  return difference;
}

// One line a text, on success too: what the tolerance leaves.
void expect_near(const base::Matrix& ours, const Golden& golden) {
  std::printf("%8s %12s %14s %14s\n", "tokens", "1 - cosine", "normalised <=", "raw norm ratio");
  for (std::size_t i = 0; i < golden.texts.size(); ++i) {
    const Difference difference = compare(ours.row(i), golden.pooled.row(i));
    const double ratio = norm(ours.row(i)) / norm(golden.pooled.row(i));
    std::printf("%8zu %12.1e %14.1e %14.7f\n",
                golden.texts[i].size(),
                1 - difference.cosine,
                difference.largest,
                ratio);
    EXPECT_GE(difference.cosine, 0.99999) << golden.texts[i].size() << " tokens";
    EXPECT_LE(difference.largest, 1e-5) << golden.texts[i].size() << " tokens";
    EXPECT_NEAR(ratio, 1, 1e-5) << golden.texts[i].size() << " tokens";
  }
}

base::Matrix pooled(const Encoder& encoder,
                    std::span<const TokenIds> texts,
                    std::size_t threads = 1) {
  return encoder.pooled(texts, threads, nullptr).value();
}

TEST(BertGolden, MiniLmGivesTheVectorsOfOnnxruntime) {
  SKIP_WITHOUT_MINILM();
  const auto encoder = load_bert(minilm_folder()).value();
  EXPECT_EQ(encoder->dimension(), 384U);
  EXPECT_EQ(encoder->max_tokens(), 512U);
  const Golden golden = read_golden("minilm.safetensors");
  expect_near(pooled(*encoder, golden.texts, 2), golden);
}

TEST(BertGolden, ABertOfAnotherShapeGivesTheVectorsOfOnnxruntime) {
  const auto encoder = load_bert(kGolden + "/tiny_bert").value();
  EXPECT_EQ(encoder->dimension(), 48U);
  EXPECT_EQ(encoder->max_tokens(), 64U);
  const Golden golden = read_golden("tiny.safetensors");
  expect_near(pooled(*encoder, golden.texts), golden);
}

/// A copy of tiny_bert in a folder of its own, with a file of it replaced.
class TinyFolder {
 public:
  TinyFolder() : path_(testing::TempDir() + "tiny_bert_" + std::to_string(::getpid())) {
    std::filesystem::remove_all(path_);
    std::filesystem::copy(kGolden + "/tiny_bert", path_);
  }

  ~TinyFolder() { std::filesystem::remove_all(path_); }

  TinyFolder(const TinyFolder&) = delete;
  TinyFolder& operator=(const TinyFolder&) = delete;

  void write(const std::string& name, std::string_view content) const {
    ASSERT_TRUE(base::write_file_atomically(path_ + "/" + name, content));
  }

  void write_tensors(const ml::TensorMap& tensors) const {
    write("model.safetensors", ml::to_safetensors(tensors));
  }

  void edit_config(const std::string& from, const std::string& to) const {
    std::string text = base::read_file(kGolden + "/tiny_bert/config.json").value();
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    write("config.json", text.replace(at, from.size(), to));
  }

  std::string error() const {
    const auto encoder = load_bert(path_);
    return encoder ? "loaded" : encoder.error().message;
  }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

ml::TensorMap tiny_tensors() {
  return ml::load_safetensors(kGolden + "/tiny_bert/model.safetensors").value();
}

TEST(Bert, FindsItsTensorsBehindThePrefixBert) {
  ml::TensorMap prefixed;
  const ml::TensorMap tensors = tiny_tensors();
  for (const auto& [name, tensor] : tensors.all()) {
    prefixed.put("bert." + name, tensor);
  }
  const TinyFolder folder;
  folder.write_tensors(prefixed);
  const Golden golden = read_golden("tiny.safetensors");
  const auto plain = load_bert(kGolden + "/tiny_bert").value();
  const auto renamed = load_bert(folder.path()).value();
  EXPECT_EQ(pooled(*renamed, golden.texts), pooled(*plain, golden.texts));
  EXPECT_NE(renamed->sha256(), plain->sha256());
}

TEST(Bert, NamesTheFileKeyOrTensorAtFault) {
  const TinyFolder folder;
  folder.edit_config("\"gelu\"", "\"relu\"");
  EXPECT_THAT(folder.error(),
              AllOf(HasSubstr("config.json'"), HasSubstr("hidden_act is \"relu\"")));
  folder.edit_config("\"bert\"", "\"roberta\"");
  EXPECT_THAT(folder.error(), HasSubstr("model_type is \"roberta\": expected \"bert\""));
  folder.edit_config("\"absolute\"", "\"relative_key\"");
  EXPECT_THAT(folder.error(), HasSubstr("position_embedding_type"));
  folder.edit_config("\"num_attention_heads\": 4", "\"num_attention_heads\": 5");
  EXPECT_THAT(folder.error(),
              HasSubstr("hidden_size 48 is not a multiple of num_attention_heads 5"));
  folder.edit_config("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 4");
  EXPECT_THAT(folder.error(),
              AllOf(HasSubstr("model.safetensors'"), HasSubstr("encoder.layer.3.")));
  folder.edit_config("\"vocab_size\": 200", "\"vocab_size\": 201");
  EXPECT_THAT(folder.error(), AllOf(HasSubstr("word_embeddings"), HasSubstr("(201, 48)")));
  folder.edit_config("\"vocab_size\": 200", "\"vocab_size\": -1");
  EXPECT_THAT(folder.error(), HasSubstr("vocab_size is -1: expected a whole number"));
  folder.edit_config("\"vocab_size\": 200,", "");
  EXPECT_THAT(folder.error(), HasSubstr("no vocab_size"));
  folder.edit_config("\"layer_norm_eps\": 1e-12", "\"layer_norm_eps\": \"small\"");
  EXPECT_THAT(folder.error(), HasSubstr("layer_norm_eps is \"small\""));
  folder.write("config.json", "{\"hidden_size\": ");
  EXPECT_THAT(folder.error(), HasSubstr("config.json': expected a JSON object"));
  std::filesystem::remove(folder.path() + "/config.json");
  EXPECT_THAT(folder.error(), HasSubstr("config.json"));
}

TEST(Bert, RefusesDamagedWeights) {
  const TinyFolder folder;
  const std::string whole = base::read_file(folder.path() + "/model.safetensors").value();
  folder.write("model.safetensors", whole.substr(0, whole.size() / 2));
  EXPECT_THAT(folder.error(), HasSubstr("model.safetensors"));
  ml::TensorMap tensors = tiny_tensors();
  std::vector<float> bias(48, 0.0F);
  bias[7] = NAN;
  tensors.put("embeddings.LayerNorm.bias", ml::Tensor::from_vector(bias));
  folder.write_tensors(tensors);
  EXPECT_THAT(folder.error(), HasSubstr("'embeddings.LayerNorm.bias' holds an infinity or NaN"));
  std::filesystem::remove(folder.path() + "/model.safetensors");
  EXPECT_THAT(folder.error(), HasSubstr("model.safetensors"));
  EXPECT_THAT(load_bert("/no/such/folder").error().message, HasSubstr("/no/such/folder"));
}

TEST(Bert, RefusesIdsItCannotEmbed) {
  const auto encoder = load_bert(kGolden + "/tiny_bert").value();
  const auto error = [&](TokenIds ids) {
    const std::vector<TokenIds> texts = {{1, 2, 3}, std::move(ids)};
    return encoder->pooled(texts, 1, nullptr).error().message;
  };
  EXPECT_THAT(error({}), HasSubstr("text 1: no token ids"));
  EXPECT_THAT(error({5, 200}), HasSubstr("token id 200 is not in the encoder's vocabulary of 200"));
  EXPECT_THAT(error({-1}), HasSubstr("token id -1"));
  EXPECT_THAT(error(TokenIds(65, 1)), HasSubstr("65 token ids: the encoder takes at most 64"));
}

TEST(Bert, OfNoTextsIsAnEmptyMatrix) {
  const auto encoder = load_bert(kGolden + "/tiny_bert").value();
  EXPECT_EQ(pooled(*encoder, {}).rows(), 0U);
}

TokenIds random_ids(std::size_t length, std::size_t vocabulary, base::Random& random) {
  TokenIds ids;
  for (std::size_t i = 0; i < length; ++i) {
    ids.push_back(static_cast<std::int32_t>(random.below(vocabulary)));
  }
  return ids;
}

void expect_reference(const std::string& folder, const std::vector<std::size_t>& lengths) {
  const auto encoder = load_bert(folder).value();
  const std::string json = base::read_file(folder + "/config.json").value();
  const BertWeights weights =
      find_bert_weights(parse_bert_config(json, folder).value(),
                        ml::load_safetensors(folder + "/model.safetensors").value())
          .value();
  base::Random random(11);
  for (const std::size_t length : lengths) {
    const std::vector<TokenIds> texts = {random_ids(length, weights.config.vocabulary, random)};
    const std::vector<double> plain = reference_pooled(weights, texts[0]);
    const std::vector<float> expected(plain.begin(), plain.end());
    const Difference difference = compare(pooled(*encoder, texts).row(0), expected);
    std::printf("%4zu tokens: normalised vectors within %.1e of the plain pass\n",
                length,
                difference.largest);
    EXPECT_LE(difference.largest, 1e-5) << length << " tokens";
  }
}

TEST(Bert, FollowsThePlainForwardPass) {
  expect_reference(kGolden + "/tiny_bert", {1, 2, 7, 33, 64});
}

TEST(Bert, FollowsThePlainForwardPassOnMiniLm) {
  SKIP_WITHOUT_MINILM();
  expect_reference(minilm_folder(), {2, 19});
}

TEST(BertSlow, FollowsThePlainForwardPassOnLongTexts) {
  SKIP_WITHOUT_MINILM();
  SKIP_UNLESS_SLOW();
  expect_reference(minilm_folder(), {128, 257, 512});
}

// oneDNN's AVX-512 kernels keep the order of every sum; of its others only 1e-6 is promised.
bool is_exact() {
  return ml::processor_isa() == ml::Isa::kAvx512 && std::getenv("DNNL_MAX_CPU_ISA") == nullptr;
}

void expect_same(std::span<const float> a, std::span<const float> b, const std::string& where) {
  if (is_exact()) {
    EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size_bytes()), 0) << where;
  } else {
    EXPECT_LE(compare(a, b).largest, 1e-6) << where;
  }
}

// The same texts alone, and in batches of many sizes, orders and thread counts.
void expect_independence(const Encoder& encoder,
                         std::vector<TokenIds> texts,
                         std::initializer_list<std::size_t> sizes) {
  std::vector<base::Matrix> alone;
  for (const TokenIds& text : texts) {
    alone.push_back(pooled(encoder, {&text, 1}));
  }
  std::vector<std::size_t> order(texts.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  base::Random random(5);
  for (const std::size_t size : sizes) {
    for (const std::size_t threads : {1U, 2U, 3U}) {
      random.shuffle(std::span(order));
      std::vector<TokenIds> batch;
      for (std::size_t i = 0; i < std::min<std::size_t>(size, texts.size()); ++i) {
        batch.push_back(texts[order[i]]);
      }
      const base::Matrix together = pooled(encoder, batch, threads);
      for (std::size_t i = 0; i < batch.size(); ++i) {
        expect_same(
            together.row(i),
            alone[order[i]].row(0),
            fmt::format("{} tokens among {} texts on {} threads", batch[i].size(), size, threads));
      }
    }
  }
}

TEST(Bert, GivesATextTheSameVectorInAnyCompany) {
  base::Random random(3);
  std::vector<TokenIds> texts;
  for (std::size_t i = 0; i < 60; ++i) {
    texts.push_back(random_ids(1 + random.below(64), 200, random));
  }
  expect_independence(
      *load_bert(kGolden + "/tiny_bert").value(), std::move(texts), {2, 3, 7, 20, 60});
}

TEST(Bert, GivesATextTheSameVectorInAnyCompanyOnMiniLm) {
  SKIP_WITHOUT_MINILM();
  base::Random random(4);
  std::vector<TokenIds> texts;
  for (const std::size_t length :
       {1U, 2U, 5U, 9U, 16U, 23U, 24U, 31U, 40U, 61U, 64U, 90U, 128U, 129U, 200U}) {
    texts.push_back(random_ids(length, 30522, random));
  }
  expect_independence(*load_bert(minilm_folder()).value(), std::move(texts), {2, 7, 15});
}

class CountingProgress final : public base::Progress {
 public:
  void start(std::string, std::size_t) override {}

  void advance(std::size_t steps) override { done += steps; }

  void finish() override {}

  std::atomic<std::size_t> done{0};
};

TEST(Bert, TellsOfEveryTextDone) {
  const auto encoder = load_bert(kGolden + "/tiny_bert").value();
  const std::vector<TokenIds> texts(37, TokenIds(20, 3));
  CountingProgress progress;
  ASSERT_TRUE(encoder->pooled(texts, 2, &progress));
  EXPECT_EQ(progress.done, 37U);
}

// This program again with less of the processor: oneDNN reads its limit once, at its first use.
void expect_success_with(const std::string& environment, const std::string& filter) {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command =
      fmt::format("{} '{}' --gtest_brief=1 --gtest_filter='{}' 2>&1", environment, program, filter);
  EXPECT_EQ(std::system(command.c_str()), 0) << command;  // NOLINT(concurrency-mt-unsafe)
}

TEST(OnLesserProcessors, Avx2GivesTheSameVectors) {
  expect_success_with("WEND_MAX_ISA=avx2 DNNL_MAX_CPU_ISA=AVX2",
                      "BertGolden.*:Bert.*Plain*:Bert.*Company");
}

TEST(OnLesserProcessorsSlow, Avx2GivesTheSameVectorsInAnyCompanyOnMiniLm) {
  SKIP_WITHOUT_MINILM();
  SKIP_UNLESS_SLOW();
  expect_success_with("WEND_MAX_ISA=avx2 DNNL_MAX_CPU_ISA=AVX2", "Bert.*Company*");
}

TEST(OnLesserProcessors, ScalarKernelsGiveTheSameVectors) {
  expect_success_with("WEND_MAX_ISA=scalar DNNL_MAX_CPU_ISA=SSE41",
                      "BertGolden.ABert*:Bert.*Plain*:Bert.*Company");
}

TEST(OnLesserProcessors, AMisspeltLimitIsRefused) {
  ASSERT_EQ(::setenv("WEND_MAX_ISA", "avx1024", 1), 0);  // NOLINT(concurrency-mt-unsafe)
  const auto encoder = load_bert(kGolden + "/tiny_bert");
  ASSERT_EQ(::unsetenv("WEND_MAX_ISA"), 0);  // NOLINT(concurrency-mt-unsafe)
  ASSERT_FALSE(encoder);
  EXPECT_THAT(encoder.error().message, HasSubstr("WEND_MAX_ISA is 'avx1024'"));
}

}  // namespace
}  // namespace wend::encoder
