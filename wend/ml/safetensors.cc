// SPDX-License-Identifier: Apache-2.0
// The safetensors format:
//   file   = length header data
//   length = u64, little-endian: bytes of the header
//   header = JSON object, padded with spaces: {"__metadata__"?: {...}, name: {"dtype", "shape":
//   [...], "data_offsets": [begin, end)}, ...}
// Offsets count from the first byte of data; the tensors must cover data exactly, without gaps or
// overlaps. That last rule makes most damage visible by itself: a file that is cut short, grown or
// stitched together no longer adds up.
#include "wend/ml/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/check.h"
#include "wend/base/file.h"

namespace wend::ml {
namespace {

using base::Code;
using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "tensor data is little-endian");

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kMaxHeaderBytes = 100'000'000;  // The reference reader's own limit.
constexpr std::size_t kMaxDimensions = 16;
constexpr std::size_t kDataAlignment = 64;

/// Where one tensor lies in the data, every number checked against the file.
struct Entry {
  std::string name;
  std::string dtype;
  std::vector<std::int64_t> shape;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t elements = 0;
};

std::size_t bytes_per_element(std::string_view dtype) {
  static const std::map<std::string, std::size_t, std::less<>> kSizes = {{"F32", 4},
                                                                         {"F64", 8},
                                                                         {"F16", 2},
                                                                         {"BF16", 2},
                                                                         {"I8", 1},
                                                                         {"U8", 1},
                                                                         {"BOOL", 1},
                                                                         {"I16", 2},
                                                                         {"U16", 2},
                                                                         {"I32", 4},
                                                                         {"U32", 4},
                                                                         {"I64", 8},
                                                                         {"U64", 8}};
  const auto found = kSizes.find(dtype);
  return found == kSizes.end() ? 0 : found->second;
}

/// The header's object. A name that stands twice is refused: two readers could see two files in it.
base::Result<json> parse_header(std::string_view text) {
  std::set<std::string> names;
  std::string twice;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth == 1 && event == json::parse_event_t::key &&
        !names.insert(parsed.get<std::string>()).second) {
      twice = parsed.get<std::string>();
    }
    return true;
  };
  json header = json::parse(text, watch, false);
  if (!header.is_object()) {
    return base::fail(Code::kDataLoss, "the safetensors header is not a JSON object");
  }
  if (!twice.empty()) {
    return base::fail(Code::kDataLoss, "the safetensors header names tensor '{}' twice", twice);
  }
  return header;
}

std::optional<std::size_t> as_size(const json& value, std::size_t limit) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > limit) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(value.get<std::uint64_t>());
}

/// Sizes and their product; nothing where one is no number or larger than the data could hold.
bool read_shape(const json& shape, std::size_t data_bytes, Entry& entry) {
  if (!shape.is_array() || shape.size() > kMaxDimensions) {
    return false;
  }
  entry.elements = 1;
  for (const json& value : shape) {
    const auto size = as_size(value, data_bytes);
    if (!size || (*size != 0 && entry.elements > data_bytes / *size)) {
      return false;
    }
    entry.shape.push_back(static_cast<std::int64_t>(*size));
    entry.elements *= *size;
  }
  return true;
}

bool read_offsets(const json& offsets, std::size_t data_bytes, Entry& entry) {
  if (!offsets.is_array() || offsets.size() != 2) {
    return false;
  }
  const auto begin = as_size(offsets[0], data_bytes);
  const auto end = as_size(offsets[1], data_bytes);
  if (!begin || !end || *begin > *end) {
    return false;
  }
  entry.begin = *begin;
  entry.end = *end;
  return true;
}

base::Result<Entry> read_entry(const std::string& name, const json& value, std::size_t data_bytes) {
  if (!value.is_object() || !value.contains("dtype") || !value["dtype"].is_string() ||
      !value.contains("shape") || !value.contains("data_offsets")) {
    return base::fail(Code::kDataLoss,
                      "tensor '{}': expected an object with dtype, shape and data_offsets",
                      name);
  }
  Entry entry;
  entry.name = name;
  entry.dtype = value["dtype"].get<std::string>();
  const std::size_t width = bytes_per_element(entry.dtype);
  if (width == 0) {
    return base::fail(Code::kUnimplemented,
                      "tensor '{}': dtype '{}' is unknown; expected F32, F16, BF16 or F64",
                      name,
                      entry.dtype.substr(0, 32));
  }
  if (!read_shape(value["shape"], data_bytes, entry)) {
    return base::fail(Code::kDataLoss,
                      "tensor '{}': its shape is no list of sizes that {} bytes of data can hold",
                      name,
                      data_bytes);
  }
  if (!read_offsets(value["data_offsets"], data_bytes, entry)) {
    return base::fail(Code::kDataLoss,
                      "tensor '{}': its data_offsets are no [begin, end] within {} bytes of data",
                      name,
                      data_bytes);
  }
  if (entry.end - entry.begin != entry.elements * width) {
    return base::fail(Code::kDataLoss,
                      "tensor '{}': {} elements of {} do not fill bytes {} to {}",
                      name,
                      entry.elements,
                      entry.dtype,
                      entry.begin,
                      entry.end);
  }
  return entry;
}

/// Sorts by place; the tensors must follow one another from the first byte of data to the last.
base::Status check_coverage(std::vector<Entry>& entries, std::size_t data_bytes) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  std::size_t reached = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != reached) {
      return base::fail(Code::kDataLoss,
                        "tensor '{}' begins at byte {} of the data, which {} it; expected {}",
                        entry.name,
                        entry.begin,
                        entry.begin < reached ? "overlaps the one before" : "leaves a gap before",
                        reached);
    }
    reached = entry.end;
  }
  if (reached != data_bytes) {
    return base::fail(
        Code::kDataLoss, "the tensors end at byte {} of {} bytes of data", reached, data_bytes);
  }
  return {};
}

float from_half(std::uint16_t bits) {
  const std::uint32_t sign = (bits & 0x8000U) << 16U;
  const std::uint32_t exponent = (bits >> 10U) & 0x1FU;
  const std::uint32_t fraction = bits & 0x3FFU;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(fraction) * 0x1.0p-24F;
    return sign == 0 ? magnitude : -magnitude;
  }
  const std::uint32_t wide = exponent == 31 ? 0xFFU : exponent + 112U;
  return std::bit_cast<float>(sign | (wide << 23U) | (fraction << 13U));
}

float from_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

/// Every element through `convert`, whatever the alignment of the bytes.
template <class Stored, class Convert>
std::vector<float> converted(std::string_view bytes, Convert convert) {
  std::vector<float> values(bytes.size() / sizeof(Stored));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored{};
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = convert(stored);
  }
  return values;
}

/// The tensor of an entry; nothing for the integer types.
std::optional<Tensor> read_tensor(const Entry& entry,
                                  std::string_view bytes,
                                  const std::shared_ptr<const void>& owner) {
  if (entry.dtype == "F32") {
    if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(float) == 0) {
      return Tensor(
          entry.shape, {reinterpret_cast<const float*>(bytes.data()), entry.elements}, owner);
    }
    return Tensor(entry.shape, converted<float>(bytes, [](float value) { return value; }));
  }
  if (entry.dtype == "F64") {
    return Tensor(entry.shape,
                  converted<double>(bytes, [](double value) { return static_cast<float>(value); }));
  }
  if (entry.dtype == "F16") {
    return Tensor(entry.shape, converted<std::uint16_t>(bytes, from_half));
  }
  if (entry.dtype == "BF16") {
    return Tensor(entry.shape, converted<std::uint16_t>(bytes, from_bfloat16));
  }
  return std::nullopt;
}

/// Splits the image into header and data.
base::Result<std::pair<std::string_view, std::string_view>> split_image(std::string_view bytes) {
  if (bytes.size() < kLengthBytes) {
    return base::fail(
        Code::kDataLoss,
        "{} bytes are no safetensors file, which begins with the length of its header",
        bytes.size());
  }
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  const std::size_t rest = bytes.size() - kLengthBytes;
  if (length > rest || length > kMaxHeaderBytes) {
    return base::fail(Code::kDataLoss,
                      "the safetensors header claims {} bytes; {} follow and {} are allowed",
                      length,
                      rest,
                      kMaxHeaderBytes);
  }
  const auto header_bytes = static_cast<std::size_t>(length);
  return std::pair(bytes.substr(kLengthBytes, header_bytes),
                   bytes.substr(kLengthBytes + header_bytes));
}

}  // namespace

base::Result<TensorMap> parse_safetensors(std::string_view bytes,
                                          std::shared_ptr<const void> owner) {
  const auto [header_text, data] = TRY(split_image(bytes));
  const json header = TRY(parse_header(header_text));
  std::vector<Entry> entries;
  for (const auto& [name, value] : header.items()) {
    if (name != "__metadata__") {
      entries.push_back(TRY(read_entry(name, value, data.size())));
    }
  }
  TRY(check_coverage(entries, data.size()));
  TensorMap tensors;
  for (const Entry& entry : entries) {
    const std::string_view own = data.substr(entry.begin, entry.end - entry.begin);
    if (auto tensor = read_tensor(entry, own, owner)) {
      tensors.put(entry.name, *std::move(tensor));
    }
  }
  return tensors;
}

base::Result<TensorMap> load_safetensors(const std::string& path) {
  const auto file = TRY(base::MappedFile::open(path));
  auto tensors = parse_safetensors(file->bytes(), file);
  if (!tensors) {
    base::Error error = std::move(tensors).error().with_context(path);
    error.place.file = path;
    return tl::unexpected<base::Error>(std::move(error));
  }
  return tensors;
}

std::string to_safetensors(const TensorMap& tensors) {
  json header = json::object();
  std::size_t offset = 0;
  for (const auto& [name, tensor] : tensors.all()) {
    const std::size_t end = offset + tensor.values().size_bytes();
    header[name] = {{"dtype", "F32"}, {"shape", tensor.shape()}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  const std::size_t unpadded = kLengthBytes + text.size();
  text.append((kDataAlignment - unpadded % kDataAlignment) % kDataAlignment, ' ');

  const std::uint64_t length = text.size();
  std::string image(kLengthBytes, '\0');
  std::memcpy(image.data(), &length, kLengthBytes);
  image.reserve(kLengthBytes + text.size() + offset);
  image += text;
  for (const auto& [name, tensor] : tensors.all()) {
    image.append(reinterpret_cast<const char*>(tensor.values().data()),
                 tensor.values().size_bytes());
  }
  return image;
}

}  // namespace wend::ml
