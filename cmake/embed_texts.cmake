# SPDX-License-Identifier: Apache-2.0
# cmake -DFILES="a.txt;b.txt" -DOUT=x.cc -P embed_texts.cmake: a source file that holds the texts under their names, a and b, as
# embedded_prompts() of wend/llm/prompts.h.
set(content "// Made of prompts/ by cmake/embed_texts.cmake.\n#include \"wend/llm/prompts.h\"\n\nnamespace wend::llm {\n\n")
string(APPEND content "std::span<const EmbeddedPrompt> embedded_prompts() {\n  static constexpr EmbeddedPrompt kPrompts[] = {\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WE)
  # As bytes: a text may hold what CMake or C++ would read in a way of its own.
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${hex}")
  string(APPEND content "      {\"${name}\", \"${bytes}\"},\n")
endforeach()
string(APPEND content "  };\n  return kPrompts;\n}\n\n}  // namespace wend::llm\n")
file(WRITE ${OUT} "${content}")
