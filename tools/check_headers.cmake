# SPDX-License-Identifier: Apache-2.0
# Every header compiles alone: for each one a file that includes it twice (a missing #pragma once shows) and nothing else. Ninja and
# ccache know which headers have changed, so a second look costs nothing. `cmake --build . --target wend_headers` runs it.
#   wend_check_headers(LIBS wend_base ... TRAIN_LIBS wend_train ...)
# TRAIN_LIBS go to the headers that see libtorch: those of wend/train and those named train_*.h.

function(wend_check_headers)
  cmake_parse_arguments(arg "" "" "LIBS;TRAIN_LIBS" ${ARGN})
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/wend/*.h ${CMAKE_SOURCE_DIR}/tests/*.h)
  set(plain)
  set(training)
  foreach(header IN LISTS headers)
    set(file ${CMAKE_BINARY_DIR}/headers/${header}.cc)
    file(CONFIGURE OUTPUT ${file} CONTENT "#include \"${header}\"\n#include \"${header}\"\n")
    if(header MATCHES "^wend/train/|/train_[^/]*\\.h$")
      list(APPEND training ${file})
    else()
      list(APPEND plain ${file})
    endif()
  endforeach()

  add_custom_target(wend_headers)
  wend_header_objects(wend_headers_plain "${plain}" "${arg_LIBS}")
  if(arg_TRAIN_LIBS)
    wend_header_objects(wend_headers_training "${training}" "${arg_LIBS};${arg_TRAIN_LIBS}")
  endif()
endfunction()

function(wend_header_objects target files libs)
  if(NOT files)
    return()
  endif()
  add_library(${target} OBJECT EXCLUDE_FROM_ALL ${files})
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE ${libs})
  target_compile_options(${target} PRIVATE -O0 -g0)
  add_dependencies(wend_headers ${target})
endfunction()
