// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/artifact.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/file.h"

namespace wend::ml {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

Artifact sample(float value = 1.5F) {
  Artifact artifact;
  artifact.manifest_json = R"({"format_version":1,"router":"knn","models":[{"id":"größe"}]})";
  artifact.weights.put("w", Tensor({2}, {value, -2.0F}));
  return artifact;
}

void write_plainly(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string refusal(const std::string& folder) {
  const auto artifact = read_artifact(folder);
  return artifact ? "accepted" : artifact.error().message;
}

class ArtifactFolder : public testing::Test {
 protected:
  ArtifactFolder() {
    std::string name = testing::TempDir() + "/artifact.XXXXXX";
    root_ = ::mkdtemp(name.data());
  }

  ~ArtifactFolder() override { fs::remove_all(root_); }

  std::string path(const std::string& name) const { return root_ + "/" + name; }

  std::string root_;
};

TEST_F(ArtifactFolder, GivesBackWhatWasWritten) {
  ASSERT_TRUE(write_artifact(sample(), path("deep/er/a")));
  const auto artifact = read_artifact(path("deep/er/a"));
  ASSERT_TRUE(artifact) << artifact.error().message;
  EXPECT_THAT(artifact->weights.vector("w").value(), ElementsAre(1.5F, -2.0F));
  EXPECT_THAT(artifact->manifest_json, HasSubstr("größe"));
  EXPECT_EQ(seal_artifact(*artifact).value().manifest, seal_artifact(sample()).value().manifest);
}

TEST_F(ArtifactFolder, SaysBeforeTheWorkWhatWouldRefuseItAfterwards) {
  ASSERT_TRUE(write_artifact(sample(), path("old")));
  write_plainly(path("file"), "x");
  fs::create_directory(path("mine"));
  write_plainly(path("mine/thesis.txt"), "x");
  EXPECT_TRUE(check_artifact_target(path("old/")));
  EXPECT_TRUE(check_artifact_target(path("deep/er/new")));
  EXPECT_FALSE(fs::exists(path("deep")));
  for (const char* bad : {"file", "mine", "file/below"}) {
    EXPECT_FALSE(check_artifact_target(path(bad))) << bad;
    EXPECT_FALSE(write_artifact(sample(), path(bad))) << bad;
  }
  EXPECT_FALSE(check_artifact_target(""));
}

TEST_F(ArtifactFolder, WritesEqualBytesForEqualArtifacts) {
  ASSERT_TRUE(write_artifact(sample(), path("a")));
  ASSERT_TRUE(write_artifact(sample(), path("b")));
  for (const char* name : {"/manifest.json", "/weights.safetensors"}) {
    EXPECT_EQ(base::read_file(path("a") + name).value(), base::read_file(path("b") + name).value());
  }
}

TEST_F(ArtifactFolder, ReplacesAnArtifactWholeAndLeavesNothingBeside) {
  ASSERT_TRUE(write_artifact(sample(1), path("a")));
  const Artifact old = read_artifact(path("a")).value();
  ASSERT_TRUE(write_artifact(sample(2), path("a/")));
  EXPECT_EQ(read_artifact(path("a")).value().weights.vector("w").value()[0], 2);
  EXPECT_EQ(old.weights.vector("w").value()[0], 1);  // The mapping outlives the swap.
  EXPECT_EQ(std::distance(fs::directory_iterator(root_), {}), 1);
}

TEST_F(ArtifactFolder, FollowsALinkToTheArtifactThatItReplaces) {
  ASSERT_TRUE(write_artifact(sample(1), path("a")));
  fs::create_directory_symlink("a", path("latest"));
  ASSERT_TRUE(write_artifact(sample(2), path("latest")));
  EXPECT_TRUE(fs::is_symlink(path("latest")));
  EXPECT_EQ(read_artifact(path("a")).value().weights.vector("w").value()[0], 2);
}

TEST_F(ArtifactFolder, LeavesAFolderAloneThatHoldsSomethingElse) {
  fs::create_directory(path("home"));
  write_plainly(path("home/notes.txt"), "mine");
  const auto written = write_artifact(sample(), path("home"));
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("holds 'notes.txt'"));
  EXPECT_EQ(base::read_file(path("home/notes.txt")).value(), "mine");
  write_plainly(path("file"), "mine");
  EXPECT_FALSE(write_artifact(sample(), path("file")));
  EXPECT_FALSE(write_artifact(sample(), ""));
  EXPECT_EQ(std::distance(fs::directory_iterator(root_), {}), 2);
}

TEST_F(ArtifactFolder, FillsAnEmptyFolder) {
  fs::create_directory(path("empty"));
  ASSERT_TRUE(write_artifact(sample(), path("empty")));
  EXPECT_TRUE(read_artifact(path("empty")));
}

TEST_F(ArtifactFolder, RefusesAfterAnyByteOfAnyFileChanges) {
  ASSERT_TRUE(write_artifact(sample(), path("a")));
  for (const std::string name : {"manifest.json", "weights.safetensors"}) {
    const std::string good = base::read_file(path("a/" + name)).value();
    for (std::size_t i = 0; i < good.size(); ++i) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ 0x01);
      write_plainly(path("a/" + name), bad);
      ASSERT_THAT(refusal(path("a")), HasSubstr(name)) << "byte " << i;
    }
    write_plainly(path("a/" + name), good);
  }
  EXPECT_TRUE(read_artifact(path("a")));
}

TEST_F(ArtifactFolder, RefusesAFileOfAnyOtherLength) {
  ASSERT_TRUE(write_artifact(sample(), path("a")));
  for (const std::string name : {"manifest.json", "weights.safetensors"}) {
    const std::string good = base::read_file(path("a/" + name)).value();
    for (std::size_t length = 0; length < good.size(); ++length) {
      write_plainly(path("a/" + name), good.substr(0, length));
      ASSERT_THAT(refusal(path("a")), HasSubstr(name)) << "length " << length;
    }
    write_plainly(path("a/" + name), good + "\n");
    EXPECT_THAT(refusal(path("a")), HasSubstr(name));
    write_plainly(path("a/" + name), good);
  }
}

TEST_F(ArtifactFolder, NamesTheFileThatIsMissing) {
  EXPECT_THAT(refusal(path("a")), HasSubstr("/a': there is no such folder"));
  for (const std::string name : {"manifest.json", "weights.safetensors"}) {
    ASSERT_TRUE(write_artifact(sample(), path("a")));
    fs::remove(path("a/" + name));
    EXPECT_THAT(refusal(path("a")), HasSubstr(name + "': No such file"));
    fs::create_directory(path("a/" + name));
    EXPECT_THAT(refusal(path("a")), HasSubstr(name));
    fs::remove_all(path("a"));
  }
}

TEST_F(ArtifactFolder, RefusesANewerFormatWithASentence) {
  ASSERT_TRUE(write_artifact(sample(), path("a")));
  std::string manifest = base::read_file(path("a/manifest.json")).value();
  manifest.replace(manifest.find("\"format_version\": 1") + 18, 1, "3");
  write_plainly(path("a/manifest.json"), manifest);
  EXPECT_THAT(refusal(path("a")), HasSubstr("manifest.json: format version 3 is newer than 2"));
}

TEST(SealArtifact, RefusesAManifestThatIsNoObject) {
  EXPECT_FALSE(seal_artifact({"[]", {}}));
  EXPECT_FALSE(seal_artifact({"{", {}}));
  EXPECT_FALSE(seal_artifact({R"({"format_version":3})", {}}));
}

TEST(SealArtifact, ReplacesChecksumsThatCameWithTheManifest) {
  Artifact artifact = sample();
  artifact.manifest_json =
      R"({"manifest_sha256":"00","files":{"x":1},"format_version":1,"router":"knn"})";
  const ArtifactFiles files = seal_artifact(artifact).value();
  const auto opened = open_artifact(files.manifest, files.weights, nullptr);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_THAT(opened->manifest_json, testing::Not(HasSubstr("files")));
}

TEST(OpenArtifact, RefusesAfterAnyBitOfAnyByteChanges) {
  const ArtifactFiles good = seal_artifact(sample()).value();
  for (std::string ArtifactFiles::*const file :
       {&ArtifactFiles::manifest, &ArtifactFiles::weights}) {
    for (std::size_t bit = 0; bit < 8 * (good.*file).size(); ++bit) {
      ArtifactFiles bad = good;
      (bad.*file)[bit / 8] = static_cast<char>((bad.*file)[bit / 8] ^ (1 << (bit % 8)));
      ASSERT_FALSE(open_artifact(bad.manifest, bad.weights, nullptr)) << "bit " << bit;
    }
  }
}

TEST(OpenArtifact, RefusesAManifestThatNamesOtherFiles) {
  const ArtifactFiles files = seal_artifact(sample()).value();
  EXPECT_FALSE(open_artifact("{}", files.weights, nullptr));
  EXPECT_FALSE(open_artifact(R"({"format_version":1})", files.weights, nullptr));
  EXPECT_FALSE(open_artifact(R"({"format_version":"1"})", files.weights, nullptr));
  EXPECT_FALSE(open_artifact(R"({"format_version":0})", files.weights, nullptr));
  EXPECT_FALSE(open_artifact(files.manifest + files.manifest, files.weights, nullptr));
}

}  // namespace
}  // namespace wend::ml
