# SPDX-License-Identifier: Apache-2.0
# The warnings of the house, as errors; a third party's headers are SYSTEM and stay silent.
add_library(wend_warnings INTERFACE)
target_compile_options(wend_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wformat=2
  -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # -Wnull-dereference is clang's alone: g++ 12 judges after inlining and finds it in libstdc++'s own <streambuf>
  # (istreambuf_iterator) and <functional>, whichever code of ours calls them.
  target_compile_options(wend_warnings INTERFACE -Wduplicated-cond -Wlogical-op)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(wend_warnings INTERFACE -Wnull-dereference -Wthread-safety)
endif()
# g++'s flow analysis (-Wmaybe-uninitialized, -Wstringop-overflow) sees ghosts in instrumented code: there they do not stop the build.
if(WEND_SANITIZE)
  target_compile_options(wend_warnings INTERFACE -Wno-error)
endif()
