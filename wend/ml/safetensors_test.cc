// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/safetensors.h"

#include <cmath>
#include <cstring>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/file.h"
#include "wend/base/random.h"

namespace wend::ml {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string image(std::string_view header, std::string_view data) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes.append(header).append(data);
}

template <class T>
std::string raw(std::initializer_list<T> values) {
  return std::string(reinterpret_cast<const char*>(values.begin()), values.size() * sizeof(T));
}

std::string refusal(const std::string& bytes) {
  const auto parsed = parse_safetensors(bytes, nullptr);
  return parsed ? "accepted" : parsed.error().message;
}

TensorMap sample() {
  TensorMap tensors;
  tensors.put("b", Tensor({2}, {1.5F, -2.0F}));
  tensors.put("a", Tensor({2, 3}, {0, 1, 2, 3, 4, 5}));
  tensors.put("empty", Tensor({0, 7}, {}));
  tensors.put("scalar", Tensor({}, {std::numeric_limits<float>::quiet_NaN()}));
  return tensors;
}

TEST(Safetensors, GivesBackWhatWasWritten) {
  auto bytes = std::make_shared<const std::string>(to_safetensors(sample()));
  const auto tensors = parse_safetensors(*bytes, bytes);
  ASSERT_TRUE(tensors) << tensors.error().message;
  ASSERT_EQ(tensors->all().size(), 4U);
  EXPECT_THAT(tensors->all().at("a").shape(), ElementsAre(2, 3));
  EXPECT_THAT(tensors->all().at("a").values(), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(tensors->all().at("b").values(), ElementsAre(1.5F, -2.0F));
  EXPECT_THAT(tensors->all().at("empty").shape(), ElementsAre(0, 7));
  EXPECT_TRUE(std::isnan(tensors->all().at("scalar").values()[0]));
  EXPECT_EQ(to_safetensors(*tensors), *bytes);
}

TEST(Safetensors, ViewsTheBytesWhenTheyAreAligned) {
  auto bytes = std::make_shared<const std::string>(to_safetensors(sample()));
  const auto tensors = parse_safetensors(*bytes, bytes).value();
  const auto* first = reinterpret_cast<const char*>(tensors.all().at("a").values().data());
  EXPECT_GE(first, bytes->data());
  EXPECT_LT(first, bytes->data() + bytes->size());
}

TEST(Safetensors, CopiesWhenTheBytesAreNotAligned) {
  const std::string bytes = std::string(1, 'x').append(to_safetensors(sample()));
  const auto tensors = parse_safetensors(std::string_view(bytes).substr(1), nullptr);
  ASSERT_TRUE(tensors) << tensors.error().message;
  EXPECT_THAT(tensors->all().at("a").values(), ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(Safetensors, ConvertsTheOtherFloatsAndPassesOverIntegers) {
  const std::string data = raw<double>({1.0, -0.25}) +
                           raw<std::uint16_t>({0x3C00, 0xC000, 0x0001, 0x7C00}) +
                           raw<std::uint16_t>({0x3F80, 0xC040}) + raw<std::int64_t>({7});
  const auto tensors = parse_safetensors(image(R"({"__metadata__":{"format":"pt"},
                "d":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},
                "h":{"dtype":"F16","shape":[2,2],"data_offsets":[16,24]},
                "b":{"dtype":"BF16","shape":[2],"data_offsets":[24,28]},
                "i":{"dtype":"I64","shape":[1],"data_offsets":[28,36]}})",
                                               data),
                                         nullptr);
  ASSERT_TRUE(tensors) << tensors.error().message;
  EXPECT_THAT(tensors->vector("d").value(), ElementsAre(1.0F, -0.25F));
  EXPECT_THAT(tensors->all().at("h").values(),
              ElementsAre(1.0F, -2.0F, 0x1.0p-24F, std::numeric_limits<float>::infinity()));
  EXPECT_THAT(tensors->vector("b").value(), ElementsAre(1.0F, -3.0F));
  EXPECT_FALSE(tensors->has("i"));
}

TEST(Safetensors, RefusesHeadersThatDoNotAddUp) {
  const std::string eight(8, '\0');
  EXPECT_THAT(refusal(""), HasSubstr("0 bytes are no safetensors file"));
  EXPECT_THAT(refusal(std::string(8, '\xFF')), HasSubstr("claims 18446744073709551615 bytes"));
  EXPECT_THAT(refusal(image("[1]", "")), HasSubstr("not a JSON object"));
  EXPECT_THAT(refusal(image("{\"a\":", "")), HasSubstr("not a JSON object"));
  EXPECT_THAT(refusal(image(R"({"a":3})", "")), HasSubstr("tensor 'a': expected an object"));
  EXPECT_THAT(refusal(image(R"({"a":{"dtype":"F9","shape":[2],"data_offsets":[0,8]}})", eight)),
              HasSubstr("dtype 'F9' is unknown"));
  EXPECT_THAT(refusal(image(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", eight)),
              HasSubstr("3 elements of F32 do not fill bytes 0 to 8"));
  EXPECT_THAT(refusal(image(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", eight)),
              HasSubstr("tensor 'a': its shape"));
  EXPECT_THAT(refusal(image(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}})", eight)),
              HasSubstr("tensor 'a': its data_offsets"));
  EXPECT_THAT(refusal(image(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", eight)),
              HasSubstr("tensor 'a': its data_offsets"));
}

TEST(Safetensors, RefusesSizesWhoseProductOverflows) {
  const auto bytes =
      image(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,0]}})", "");
  EXPECT_THAT(refusal(bytes), HasSubstr("tensor 'a': its shape"));
  const auto hidden =
      image(R"({"a":{"dtype":"F32","shape":[0,9223372036854775807],"data_offsets":[0,0]}})", "");
  EXPECT_THAT(refusal(hidden), HasSubstr("tensor 'a': its shape"));
}

TEST(Safetensors, RefusesOverlapsGapsAndTrailingBytes) {
  const std::string eight(8, '\0');
  EXPECT_THAT(refusal(image(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
                                "b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
                            eight)),
              HasSubstr("overlaps the one before"));
  EXPECT_THAT(refusal(image(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", eight)),
              HasSubstr("leaves a gap before"));
  EXPECT_THAT(refusal(image(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", eight)),
              HasSubstr("end at byte 4 of 8"));
  EXPECT_THAT(refusal(image(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
                                "a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                            eight)),
              HasSubstr("names tensor 'a' twice"));
}

TEST(Safetensors, NeverCrashesWhenBytesChangeAtRandom) {
  const std::string good = to_safetensors(sample());
  base::Random random(7);
  for (int round = 0; round < 5'000; ++round) {
    std::string bytes = good.substr(0, good.size() - random.below(3) * random.below(40));
    for (std::uint64_t change = random.below(4); change > 0; --change) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    }
    (void)parse_safetensors(bytes, nullptr);
  }
  const std::string deep = "{\"a\":" + std::string(200'000, '[');
  EXPECT_THAT(refusal(image(deep, "")), HasSubstr("not a JSON object"));
}

TEST(Safetensors, LoadNamesTheFileWhenItIsDamaged) {
  const std::string path = testing::TempDir() + "/damaged.safetensors";
  ASSERT_TRUE(base::write_file_atomically(path, "short"));
  const auto loaded = load_safetensors(path);
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr(path));
  EXPECT_EQ(loaded.error().place.file, path);
}

TEST(Safetensors, LoadKeepsTheMappingAliveInItsTensors) {
  const std::string path = testing::TempDir() + "/mapped.safetensors";
  ASSERT_TRUE(base::write_file_atomically(path, to_safetensors(sample())));
  const Tensor tensor = load_safetensors(path).value().get("a", {2, 3}).value();
  EXPECT_THAT(tensor.values(), ElementsAre(0, 1, 2, 3, 4, 5));
}

}  // namespace
}  // namespace wend::ml
