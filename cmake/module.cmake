# SPDX-License-Identifier: Apache-2.0
# xconn_module(NAME SOURCES a.cc ... USES base sys ... LIBRARIES PkgConfig::MNL ...)
# One folder is one target, xconn_NAME, and USES is the rule of docs/ARCHITECTURE.md: what it may include.
function(xconn_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  if(ARG_SOURCES)
    add_library(xconn_${name} STATIC ${ARG_SOURCES})
    set(visibility PUBLIC)
  else()
    add_library(xconn_${name} INTERFACE)
    set(visibility INTERFACE)
  endif()
  target_include_directories(xconn_${name} ${visibility} ${PROJECT_SOURCE_DIR}/orchestrator ${PROJECT_SOURCE_DIR})
  list(TRANSFORM ARG_USES PREPEND xconn_)
  target_link_libraries(xconn_${name} ${visibility} ${ARG_USES} ${ARG_LIBRARIES})
endfunction()

# `ninja unit_tests`, `ninja kernel_tests`: the programs of one label.
add_custom_target(unit_tests)
add_custom_target(kernel_tests)

# xconn_test(NAME SOURCES a_test.cc ... USES model ... LABELS unit|kernel): one googletest program.
function(xconn_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LIBRARIES;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  list(TRANSFORM ARG_USES PREPEND xconn_)
  target_link_libraries(${name} PRIVATE ${ARG_USES} ${ARG_LIBRARIES} xconn_source_dir GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_options(${name} PRIVATE -O0)  # they are compiled more often than run
  add_dependencies(${ARG_LABELS}_tests ${name})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}")
endfunction()
