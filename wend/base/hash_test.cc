// SPDX-License-Identifier: Apache-2.0
#include "wend/base/hash.h"

#include "tests/support/temp_dir.h"
#include <gtest/gtest.h>

namespace wend::base {
namespace {

// The examples of FIPS 180-2.
constexpr const char* kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kMillionA =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(sha256_hex(""), kEmpty);
  EXPECT_EQ(sha256_hex("abc"), kAbc);
  EXPECT_EQ(sha256_hex(std::string(1000000, 'a')), kMillionA);
}

TEST(Sha256, DoesNotDependOnHowTheBytesWereCut) {
  EXPECT_EQ(to_hex(Sha256().update("a").update("").update("bc").finish()), kAbc);
}

TEST(Sha256, ReadsAFileLargerThanItsBlock) {
  const support::TempDir folder;
  EXPECT_EQ(sha256_hex_of_file(folder.write("a", std::string(1000000, 'a'))).value(), kMillionA);
  const std::string large(3000001, 'x');
  EXPECT_EQ(sha256_hex_of_file(folder.write("x", large)).value(), sha256_hex(large));
  EXPECT_EQ(sha256_hex_of_file(folder.write("empty", "")).value(), kEmpty);
}

TEST(Sha256, NamesTheFileThatCannotBeRead) {
  const support::TempDir folder;
  const Result<std::string> missing = sha256_hex_of_file(folder / "absent.bin");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_NE(missing.error().message.find("absent.bin"), std::string::npos);
  EXPECT_FALSE(sha256_hex_of_file(folder.path()));
}

TEST(First64Bits, ReadsBigEndian) {
  EXPECT_EQ(first_64_bits(sha256("abc")), 0xba7816bf8f01cfeaULL);
}

}  // namespace
}  // namespace wend::base
