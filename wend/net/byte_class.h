// SPDX-License-Identifier: Apache-2.0
// What bytes may stand where in a head (RFC 9110). One table look-up each: every byte of every head
// is asked about.
#pragma once

#include <array>
#include <string_view>

namespace wend::net {

enum ByteClass : unsigned char { kTokenByte = 1, kTargetByte = 2, kValueByte = 4 };

constexpr std::array<unsigned char, 256> byte_classes() {
  std::array<unsigned char, 256> classes{};
  constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";
  for (unsigned byte = 0; byte < classes.size(); ++byte) {
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    const bool digit = byte >= '0' && byte <= '9';
    const bool mark = byte < 0x80 && kTokenMarks.find(static_cast<char>(byte)) != kTokenMarks.npos;
    const bool visible = byte > 0x20 && byte < 0x7f;
    const bool value = visible || byte == ' ' || byte == '\t' || byte >= 0x80;
    classes[byte] =
        static_cast<unsigned char>((letter || digit || mark ? kTokenByte : 0) |
                                   (visible ? kTargetByte : 0) | (value ? kValueByte : 0));
  }
  return classes;
}

inline constexpr std::array<unsigned char, 256> kByteClasses = byte_classes();

inline bool is_class(char byte, ByteClass wanted) {
  return (kByteClasses[static_cast<unsigned char>(byte)] & wanted) != 0;
}

/// Whether a byte may stand in a method or a header's name.
inline bool is_token_byte(char byte) {
  return is_class(byte, kTokenByte);
}

/// Whether a byte may stand in a request's target.
inline bool is_target_byte(char byte) {
  return is_class(byte, kTargetByte);
}

/// Whether a byte may stand in a header's value: no control but the tab.
inline bool is_value_byte(char byte) {
  return is_class(byte, kValueByte);
}

}  // namespace wend::net
