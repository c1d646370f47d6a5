// SPDX-License-Identifier: Apache-2.0
#include "wend/base/compression.h"

#include <vector>

#include "tests/support/temp_dir.h"
#include <gtest/gtest.h>
#include <zlib.h>

#include "wend/base/random.h"

namespace wend::base {
namespace {

struct Lines {
  Status status;
  std::vector<std::string> lines;
};

Lines read_lines(const std::string& path, std::size_t max_line_bytes = 1 << 20) {
  Lines read;
  const auto keep = [&](std::string_view line, std::size_t number) -> Status {
    EXPECT_EQ(number, read.lines.size() + 1);
    read.lines.emplace_back(line);
    return {};
  };
  read.status = for_each_line(path, keep, max_line_bytes);
  return read;
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string zstd(std::string_view bytes) {
  return compress_zstd(bytes).value();
}

/// Text that does not compress to nothing and spans several blocks.
std::string long_text() {
  Random random(3);
  std::string text;
  for (int i = 0; i < 60000; ++i) {
    text += fmt::format("{{\"id\": {}, \"noise\": {}}}\n", i, random.next());
  }
  return text;
}

struct Packing {
  const char* ending;
  std::string (*pack)(std::string_view);
};

std::string as_it_is(std::string_view bytes) {
  return std::string(bytes);
}

class EachPacking : public testing::TestWithParam<Packing> {
 protected:
  std::string write(std::string_view bytes) const {
    return folder_.write(std::string("x.jsonl") + GetParam().ending, bytes);
  }

  std::string pack(std::string_view bytes) const { return GetParam().pack(bytes); }

 private:
  support::TempDir folder_;
};

class CompressedPacking : public EachPacking {};

INSTANTIATE_TEST_SUITE_P(ForEachLine,
                         EachPacking,
                         testing::Values(Packing{"", as_it_is},
                                         Packing{".gz", gzip},
                                         Packing{".zst", zstd}));
INSTANTIATE_TEST_SUITE_P(ForEachLine,
                         CompressedPacking,
                         testing::Values(Packing{".gz", gzip}, Packing{".zst", zstd}));

TEST_P(EachPacking, GivesLinesWithoutTheirEnds) {
  const Lines read = read_lines(write(pack("one\n\nthree\r\nlast")));
  ASSERT_TRUE(read.status) << read.status.error().message;
  EXPECT_EQ(read.lines, (std::vector<std::string>{"one", "", "three", "last"}));
}

TEST_P(EachPacking, GivesNoLineAfterTheLastEnd) {
  EXPECT_EQ(read_lines(write(pack("one\n"))).lines.size(), 1U);
}

TEST_P(EachPacking, GivesNothingWhenTheTextIsEmpty) {
  const Lines read = read_lines(write(pack("")));
  EXPECT_TRUE(read.status);
  EXPECT_TRUE(read.lines.empty());
}

TEST_P(EachPacking, KeepsEveryByteAcrossManyBlocks) {
  const std::string text = long_text();
  const Lines read = read_lines(write(pack(text)));
  ASSERT_TRUE(read.status) << read.status.error().message;
  std::string joined;
  for (const std::string& line : read.lines) {
    joined += line + "\n";
  }
  EXPECT_EQ(joined, text);
}

TEST_P(EachPacking, KeepsNulAndMalformedBytes) {
  const std::string line("a\0\xff\xc3", 4);
  EXPECT_EQ(read_lines(write(pack(line + "\n"))).lines, std::vector<std::string>{line});
}

TEST_P(EachPacking, RefusesALineAboveTheLimitWithItsNumber) {
  const std::string path = write(pack("short\n" + std::string(1001, 'x') + "\nshort\n"));
  EXPECT_TRUE(read_lines(path, 1001).status);
  const Lines read = read_lines(path, 1000);
  ASSERT_FALSE(read.status);
  EXPECT_EQ(read.status.error().code, Code::kResourceExhausted);
  EXPECT_EQ(read.status.error().place.line, 2U);
  EXPECT_EQ(read.lines.size(), 1U);
}

TEST_P(EachPacking, StopsAtTheFirstErrorOfItsCaller) {
  std::size_t seen = 0;
  const Status status =
      for_each_line(write(pack("a\nb\nc\n")), [&](std::string_view, std::size_t number) -> Status {
        seen = number;
        return number == 2 ? Status(fail(Code::kCancelled, "enough")) : Status{};
      });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "enough");
  EXPECT_EQ(seen, 2U);
}

TEST_P(CompressedPacking, ReadsSeveralPiecesOneAfterAnother) {
  const Lines read = read_lines(write(pack("one\nt") + pack("wo\n") + pack("") + pack("three")));
  ASSERT_TRUE(read.status) << read.status.error().message;
  EXPECT_EQ(read.lines, (std::vector<std::string>{"one", "two", "three"}));
}

TEST_P(CompressedPacking, UnpacksFarMoreThanItHolds) {
  // A bomb: a thousand to one. The limit on lines keeps the memory.
  const std::string path = write(pack(std::string(std::size_t{1} << 24U, 'x')));
  EXPECT_EQ(read_lines(path, 1 << 20).status.error().code, Code::kResourceExhausted);
}

TEST_P(CompressedPacking, RefusesATruncatedFileWhereverItWasCut) {
  const std::string packed = pack("{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n");
  for (std::size_t size = 0; size < packed.size(); ++size) {
    const std::string path = write(std::string_view(packed).substr(0, size));
    const Lines read = read_lines(path);
    ASSERT_FALSE(read.status) << size << " of " << packed.size();
    EXPECT_EQ(read.status.error().code, Code::kDataLoss);
    EXPECT_NE(read.status.error().message.find(path), std::string::npos);
  }
}

TEST_P(CompressedPacking, RefusesWhatIsNotPackedAtAll) {
  const Lines read = read_lines(write("{\"id\":1}\n"));
  ASSERT_FALSE(read.status);
  EXPECT_EQ(read.status.error().code, Code::kDataLoss);
}

TEST_P(CompressedPacking, RefusesRubbishAfterTheEnd) {
  EXPECT_FALSE(read_lines(write(pack("one\n") + "rubbish")).status);
}

TEST(ForEachLine, RefusesDamageInTheMiddleOfAGzip) {
  const support::TempDir folder;
  std::string packed = gzip(long_text());
  packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x40);
  EXPECT_FALSE(read_lines(folder.write("x.gz", packed)).status);
}

TEST(ForEachLine, NamesTheFileThatIsMissingOrAFolder) {
  const support::TempDir folder;
  const Lines missing = read_lines(folder / "absent.jsonl");
  ASSERT_FALSE(missing.status);
  EXPECT_EQ(missing.status.error().code, Code::kNotFound);
  EXPECT_NE(missing.status.error().message.find("absent.jsonl"), std::string::npos);
  EXPECT_FALSE(read_lines(folder.path()).status);
}

TEST(FindCompressed, PrefersThePlainFile) {
  const support::TempDir folder;
  EXPECT_EQ(find_compressed(folder / "x"), "");
  folder.write("x.gz", "");
  EXPECT_EQ(find_compressed(folder / "x"), folder / "x.gz");
  folder.write("x.zst", "");
  EXPECT_EQ(find_compressed(folder / "x"), folder / "x.zst");
  folder.write("x", "");
  EXPECT_EQ(find_compressed(folder / "x"), folder / "x");
}

}  // namespace
}  // namespace wend::base
