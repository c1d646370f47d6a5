# SPDX-License-Identifier: Apache-2.0
# One module, one call:
#   wend_module(encoder DEPS base text ml LIBS dnnl)
# makes the static library wend_encoder of the folder's *.cc files (subfolders too), and the test program encoder_test of its
# *_test.cc files. With TRAIN the files named train.cc or train_*.cc alone become wend_<name>_train and <name>_train_test;
# without TRAIN they are left out. Fakes belong to the library: they stand beside what they stand for.
#
# A test program is registered once, because on two cores a process per case is what costs. Suites whose name ends with Slow skip
# themselves unless WEND_SLOW=1; where a program has one, `slow.<name>` (label slow) runs those alone with that variable set.
set(WEND_TEST_PREFIX "" CACHE STRING "Stands before the name of each test: tells the presets apart when one ctest runs several")

function(wend_sources out folder kind)
  file(GLOB_RECURSE all CONFIGURE_DEPENDS ${folder}/*.cc)
  set(sources)
  foreach(file IN LISTS all)
    get_filename_component(name ${file} NAME)
    set(file_kind library)
    if(name MATCHES "_test\\.cc$")
      set(file_kind test)
    elseif(name MATCHES "_bench\\.cc$")
      set(file_kind bench)
    elseif(name MATCHES "^main.*\\.cc$")
      set(file_kind main)
    endif()
    if(name MATCHES "^train[_.]")
      set(file_kind train_${file_kind})
    endif()
    if(file_kind STREQUAL kind)
      list(APPEND sources ${file})
    endif()
  endforeach()
  set(${out} ${sources} PARENT_SCOPE)
endfunction()

function(wend_module name)
  cmake_parse_arguments(arg "TRAIN" "" "DEPS;LIBS;TEST_LIBS" ${ARGN})
  set(target wend_${name})
  set(test_name ${name}_test)
  set(prefix "")
  if(arg_TRAIN)
    set(target wend_${name}_train)
    set(test_name ${name}_train_test)
    set(prefix train_)
  endif()
  set(links)
  foreach(dep IN LISTS arg_DEPS)
    list(APPEND links wend_${dep})
  endforeach()

  wend_sources(library ${CMAKE_CURRENT_SOURCE_DIR} ${prefix}library)
  if(library)
    add_library(${target} STATIC ${library})
    target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(${target} PUBLIC ${links} fmt::fmt Threads::Threads PRIVATE wend_warnings)
    target_link_libraries(${target} PUBLIC ${arg_LIBS})
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${target} INTERFACE ${links} ${arg_LIBS} fmt::fmt Threads::Threads)
  endif()

  wend_sources(tests ${CMAKE_CURRENT_SOURCE_DIR} ${prefix}test)
  if(tests)
    wend_test_program(${test_name} SOURCES ${tests} LIBS ${target} ${arg_TEST_LIBS})
  endif()
endfunction()

# A test program of its own: wend_test_program(route_test SOURCES route_test.cc LIBS wend_trips [ENVIRONMENT A=b]).
function(wend_test_program program)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBS;ENVIRONMENT" ${ARGN})
  add_executable(${program} ${arg_SOURCES})
  target_link_libraries(${program} PRIVATE ${arg_LIBS} wend_warnings GTest::gmock GTest::gtest_main)
  target_compile_definitions(${program} PRIVATE WEND_SOURCE_DIR="${CMAKE_SOURCE_DIR}" WEND_BINARY_DIR="${CMAKE_BINARY_DIR}")
  string(REGEX REPLACE "_test$" "" name ${program})
  add_test(NAME ${WEND_TEST_PREFIX}${name} COMMAND ${program})
  set_tests_properties(${WEND_TEST_PREFIX}${name} PROPERTIES TIMEOUT 600 ENVIRONMENT "${arg_ENVIRONMENT}")

  foreach(source IN LISTS arg_SOURCES)
    file(STRINGS ${source} slow REGEX "^TEST(_F|_P)?\\([A-Za-z0-9]*Slow," LIMIT_COUNT 1)
    if(slow)
      wend_slow_test(slow ${name} ${program} "*Slow.*:*Slow/*")
      return()
    endif()
  endforeach()
endfunction()

# Registers the cases of a program that match a GoogleTest filter, with WEND_SLOW=1, as <label>.<name>. The label `slow` runs in
# ./test.sh --full alone, `slice` in every ./test.sh.
function(wend_slow_test label name program filter)
  set(test ${WEND_TEST_PREFIX}${label}.${name})
  add_test(NAME ${test} COMMAND ${program} --gtest_filter=${filter})
  set_tests_properties(${test} PROPERTIES LABELS ${label} TIMEOUT 7200 ENVIRONMENT WEND_SLOW=1)
endfunction()
