// SPDX-License-Identifier: Apache-2.0
// A file goes through in blocks: block -> Decoder (plain, zstd, gzip) -> LineSplitter -> the
// caller's function. Memory is one block, one window of the format and one line, however large the
// file or what it unpacks to.
#include "wend/base/compression.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

#include <zlib.h>
#include <zstd.h>

#include "wend/base/check.h"

namespace wend::base {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 18U;

using UseLine = std::function<Status(std::string_view line, std::size_t number)>;

tl::unexpected<Error> damaged(const std::string& path, std::string_view why) {
  return fail_at({path}, Code::kDataLoss, "read '{}': {}", path, why);
}

/// Cuts a stream of bytes into lines. A line that lies whole in one block is passed on without a
/// copy.
class LineSplitter {
 public:
  LineSplitter(const std::string& path, const UseLine& use, std::size_t max_line_bytes)
      : path_(path), use_(use), max_line_bytes_(max_line_bytes) {}

  Status take(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      const std::string_view piece = bytes.substr(0, end);
      if (pending_.size() + piece.size() > max_line_bytes_) {
        return too_long();
      }
      if (end == std::string_view::npos) {
        pending_ += piece;
        return {};
      }
      TRY(give(piece));
      bytes.remove_prefix(end + 1);
    }
    return {};
  }

  /// The last line, where it has no end of its own.
  Status finish() { return pending_.empty() ? Status{} : give({}); }

 private:
  Status give(std::string_view piece) {
    if (!pending_.empty()) {
      pending_ += piece;
      piece = pending_;
    }
    if (piece.ends_with('\r')) {
      piece.remove_suffix(1);
    }
    Status used = use_(piece, ++number_);
    pending_.clear();
    return used;
  }

  Status too_long() const {
    return fail_at({path_, number_ + 1},
                   Code::kResourceExhausted,
                   "read '{}': line {} is longer than {} bytes",
                   path_,
                   number_ + 1,
                   max_line_bytes_);
  }

  const std::string& path_;
  const UseLine& use_;
  std::size_t max_line_bytes_;
  std::string pending_;  // The begin of a line whose end has not been seen.
  std::size_t number_ = 0;
};

/// Turns the bytes of a file into the bytes of its text.
class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual Status take(std::string_view block, LineSplitter& lines) = 0;
  /// At the end of the file: whether the data were whole.
  virtual Status finish() = 0;
};

class PlainDecoder final : public Decoder {
 public:
  Status take(std::string_view block, LineSplitter& lines) override { return lines.take(block); }

  Status finish() override { return {}; }
};

struct FreeZstd {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

/// Any number of frames, one after another (RFC 8878).
class ZstdDecoder final : public Decoder {
 public:
  explicit ZstdDecoder(const std::string& path)
      : path_(path), context_(ZSTD_createDCtx()), text_(kBlockBytes) {
    CHECK(context_ != nullptr, "zstd gave no context");
  }

  Status take(std::string_view block, LineSplitter& lines) override {
    ZSTD_inBuffer in{block.data(), block.size(), 0};
    bool output_full = false;
    while (in.pos < in.size || output_full) {
      ZSTD_outBuffer out{text_.data(), text_.size(), 0};
      wanted_ = ZSTD_decompressStream(context_.get(), &out, &in);
      if (ZSTD_isError(wanted_) != 0) {
        return damaged(path_,
                       fmt::format("the zstd data are damaged ({})", ZSTD_getErrorName(wanted_)));
      }
      TRY(lines.take({text_.data(), out.pos}));
      output_full = out.pos == out.size && wanted_ != 0;
    }
    return {};
  }

  Status finish() override {
    return wanted_ == 0 ? Status{}
                        : damaged(path_, "the zstd data end too early: the file is truncated");
  }

 private:
  const std::string& path_;
  std::unique_ptr<ZSTD_DCtx, FreeZstd> context_;
  std::vector<char> text_;
  std::size_t wanted_ =
      1;  // What zstd still wants to read; 0 at the end of a frame. An empty file has no frame.
};

/// Any number of members, one after another (RFC 1952).
class GzipDecoder final : public Decoder {
 public:
  explicit GzipDecoder(const std::string& path) : path_(path), text_(kBlockBytes) {
    static constexpr int kGzipOnly = 16 + MAX_WBITS;
    CHECK(inflateInit2_(&stream_, kGzipOnly, ZLIB_VERSION, sizeof stream_) == Z_OK,
          "zlib gave no context");
  }

  ~GzipDecoder() override { inflateEnd(&stream_); }

  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;

  Status take(std::string_view block, LineSplitter& lines) override {
    // zlib's interface is older than const; it does not write to its input.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(block.data()));
    stream_.avail_in = static_cast<uInt>(block.size());
    bool output_full = false;
    while (stream_.avail_in > 0 || output_full) {
      if (member_ended_) {
        inflateReset(&stream_);
        member_ended_ = false;
      }
      TRY(inflate_once(lines));
      output_full = stream_.avail_out == 0 && !member_ended_;
    }
    return {};
  }

  Status finish() override {
    return member_ended_ ? Status{}
                         : damaged(path_, "the gzip data end too early: the file is truncated");
  }

 private:
  Status inflate_once(LineSplitter& lines) {
    stream_.next_out = reinterpret_cast<Bytef*>(text_.data());
    stream_.avail_out = static_cast<uInt>(text_.size());
    const int outcome = inflate(&stream_, Z_NO_FLUSH);
    // Z_BUF_ERROR says that there was nothing left to do, which happens when the output was filled
    // to the last byte.
    if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR) {
      return damaged(path_,
                     fmt::format("the gzip data are damaged ({})",
                                 stream_.msg == nullptr ? "unknown fault" : stream_.msg));
    }
    member_ended_ = outcome == Z_STREAM_END;
    return lines.take({text_.data(), text_.size() - stream_.avail_out});
  }

  const std::string& path_;
  std::vector<char> text_;
  z_stream stream_{};
  bool member_ended_ = false;  // An empty file has no member, so it starts as false.
};

std::unique_ptr<Decoder> decoder_for(const std::string& path) {
  if (path.ends_with(".zst")) {
    return std::make_unique<ZstdDecoder>(path);
  }
  if (path.ends_with(".gz")) {
    return std::make_unique<GzipDecoder>(path);
  }
  return std::make_unique<PlainDecoder>();
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

Status for_each_line(const std::string& path, const UseLine& use, std::size_t max_line_bytes) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  if (file == nullptr) {
    const Code code = errno == ENOENT ? Code::kNotFound : Code::kPermissionDenied;
    return fail_at({path}, code, "open '{}': {}", path, std::strerror(errno));
  }
  LineSplitter lines(path, use, max_line_bytes);
  const std::unique_ptr<Decoder> decoder = decoder_for(path);
  std::vector<char> block(kBlockBytes);
  while (const std::size_t got = std::fread(block.data(), 1, block.size(), file.get())) {
    TRY(decoder->take({block.data(), got}, lines));
  }
  if (std::ferror(file.get()) != 0) {
    return damaged(path, std::strerror(errno));
  }
  TRY(decoder->finish());
  return lines.finish();
}

std::string find_compressed(const std::string& path) {
  for (const char* ending : {"", ".zst", ".gz"}) {
    std::error_code unreadable;
    if (std::filesystem::is_regular_file(path + ending, unreadable)) {
      return path + ending;
    }
  }
  return {};
}

Result<std::string> compress_zstd(std::string_view bytes, int level) {
  std::string frame(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compress(frame.data(), frame.size(), bytes.data(), bytes.size(), level);
  if (ZSTD_isError(size) != 0) {
    return fail(Code::kInternal, "compress {} bytes: {}", bytes.size(), ZSTD_getErrorName(size));
  }
  frame.resize(size);
  return frame;
}

}  // namespace wend::base
