# SPDX-License-Identifier: Apache-2.0
# The warnings of the house, as errors; a third party's headers are SYSTEM and stay silent.
add_library(wend_warnings INTERFACE)
target_compile_options(wend_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Wnull-dereference -Wformat=2 -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(wend_warnings INTERFACE -Wduplicated-cond -Wlogical-op)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(wend_warnings INTERFACE -Wthread-safety)
endif()
# libstdc++ 12's own headers trip -Wnull-dereference and friends once inlined at -O2, so the sanitizer build, which inlines
# differently, keeps them as warnings.
if(WEND_SANITIZE)
  target_compile_options(wend_warnings INTERFACE -Wno-error)
endif()
