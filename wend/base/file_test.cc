// SPDX-License-Identifier: Apache-2.0
#include "wend/base/file.h"

#include <cstdlib>
#include <filesystem>

#include "tests/support/temp_dir.h"
#include <gtest/gtest.h>

namespace wend::base {
namespace {

std::size_t files_in(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder),
                                                std::filesystem::directory_iterator()));
}

TEST(ReadFile, GivesEveryByte) {
  const support::TempDir folder;
  const std::string content = std::string("\0\n\r\xff", 4) + std::string(200000, 'z');
  EXPECT_EQ(read_file(folder.write("x", content)).value(), content);
  EXPECT_EQ(read_file(folder.write("empty", "")).value(), "");
}

TEST(ReadFile, RefusesMoreThanAsked) {
  const support::TempDir folder;
  const std::string path = folder.write("x", "12345");
  EXPECT_EQ(read_file(path, 5).value(), "12345");
  const Result<std::string> refused = read_file(path, 4);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kResourceExhausted);
}

TEST(CheckWritable, FailsBeforeTheWorkWhereTheFileCouldNotBeWrittenAfterIt) {
  const support::TempDir folder;
  EXPECT_TRUE(check_writable(folder / "new"));
  EXPECT_TRUE(check_writable(folder.write("old", "x")));
  EXPECT_TRUE(check_writable("in_this_folder"));
  EXPECT_FALSE(check_writable(folder.path()));
  const Status missing = check_writable(folder / "absent/new");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_NE(missing.error().message.find("absent/new"), std::string::npos);
  EXPECT_FALSE(check_writable(folder / "old/below_a_file"));
  EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(ReadFile, SaysWhatIsWrongWithThePath) {
  const support::TempDir folder;
  const Result<std::string> missing = read_file(folder / "absent");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_EQ(missing.error().place.file, folder / "absent");
  EXPECT_NE(missing.error().message.find("absent"), std::string::npos);
  const Result<std::string> not_a_file = read_file(folder.path());
  ASSERT_FALSE(not_a_file);
  EXPECT_NE(not_a_file.error().message.find("expected a file, found a folder"), std::string::npos);
}

TEST(WriteFileAtomically, ReplacesTheOldContentAndLeavesNothingBeside) {
  const support::TempDir folder;
  ASSERT_TRUE(write_file_atomically(folder / "x", "old"));
  ASSERT_TRUE(write_file_atomically(folder / "x", "new"));
  EXPECT_EQ(folder.read("x"), "new");
  EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(WriteFileAtomically, LeavesNothingWhenTheTargetIsAFolder) {
  const support::TempDir folder;
  std::filesystem::create_directories(folder / "x/inner");
  EXPECT_FALSE(write_file_atomically(folder / "x", "text"));
  EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(WriteFileAtomically, NamesTheFolderThatIsMissing) {
  const support::TempDir folder;
  const Status failed = write_file_atomically(folder / "no/such/x", "text");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kNotFound);
  EXPECT_EQ(failed.error().place.file, folder / "no/such/x");
  EXPECT_NE(failed.error().message.find("no/such/x"), std::string::npos);
}

TEST(MappedFile, KeepsItsBytesAfterTheFileIsGone) {
  const support::TempDir folder;
  const std::string path = folder.write("x", "mapped");
  const auto mapped = MappedFile::open(path).value();
  std::filesystem::remove(path);
  EXPECT_EQ(mapped->bytes(), "mapped");
}

TEST(MappedFile, TakesAnEmptyFileAndRefusesAFolder) {
  const support::TempDir folder;
  EXPECT_TRUE(MappedFile::open(folder.write("empty", "")).value()->bytes().empty());
  EXPECT_FALSE(MappedFile::open(folder.path()));
  EXPECT_FALSE(MappedFile::open(folder / "absent"));
}

TEST(SyncPath, TakesFilesAndFoldersAndNothingElse) {
  const support::TempDir folder;
  EXPECT_TRUE(sync_path(folder.write("x", "x")));
  EXPECT_TRUE(sync_path(folder.path()));
  EXPECT_FALSE(sync_path(folder / "absent"));
}

TEST(CacheFolder, IsWhereTheEnvironmentSays) {
  const char* before = std::getenv("WEND_CACHE");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("WEND_CACHE", "/somewhere", 1);
  EXPECT_EQ(cache_folder(), "/somewhere");
  ::unsetenv("WEND_CACHE");
  EXPECT_TRUE(cache_folder().ends_with("/.cache/wend"));
  if (before != nullptr) {
    ::setenv("WEND_CACHE", kept.c_str(), 1);
  }
}

}  // namespace
}  // namespace wend::base
