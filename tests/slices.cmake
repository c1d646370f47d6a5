# SPDX-License-Identifier: Apache-2.0
# The named slices of the slow tests that every ./test.sh runs: wend_slow_test(slice NAME PROGRAM FILTER).
if(WEND_TEST_PREFIX)
  return() # The partial presets (asan, tsan) run the fast tests alone.
endif()
foreach(slice IN ITEMS
    "tokens|text_test|WordPieceGoldenSlow.EveryCodePointHasTheReferencesIds:WordPieceGoldenSlow.EveryTextHasTheReferencesIds"
    "avx2|encoder_test|OnLesserProcessorsSlow.*"
    "import|store_test|RealSetsSlow.ImportsMmluProTwice")
  string(REPLACE "|" ";" slice ${slice})
  list(GET slice 0 name)
  list(GET slice 1 program)
  list(GET slice 2 filter)
  if(TARGET ${program})
    wend_slow_test(slice ${name} ${program} ${filter})
  endif()
endforeach()
