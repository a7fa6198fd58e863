# SPDX-License-Identifier: Apache-2.0
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)  # the Python module links the same objects
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug or Sanitize" FORCE)
endif()
# -Wmaybe-uninitialized cries wolf under sanitizers (GCC manual, "-fsanitize"): inside <regex>, for one.
# What looks at each pointer (null, alignment, object-size, vptr) costs a third of the compile time, and finds nothing that
# AddressSanitizer lets pass.
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize=null,alignment,object-size,vptr -fno-sanitize-recover=all -Wno-maybe-uninitialized")
set(CMAKE_C_FLAGS_SANITIZE "${CMAKE_CXX_FLAGS_SANITIZE}")

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# Designated initializers leave fields at their defaults on purpose; -Wrestrict of g++ 12 cries wolf at `"x" + string`
# (GCC bug 105651).
add_compile_options(-Wall -Wextra -Wno-missing-field-initializers -Wno-restrict -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror)

if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  add_compile_options(-Wno-unknown-warning-option)  # of those above
endif()

# From nothing in half the time, but an edit compiles its neighbours too: for who does not edit. What is packed is compiled
# file by file at -O2; -O1 takes a quarter less, and what a lab waits for is the kernel and the daemons.
option(XCONN_UNITY "Compile a folder's files as one" OFF)
if(XCONN_UNITY)
  set(CMAKE_UNITY_BUILD ON)
  set(CMAKE_CXX_FLAGS_RELEASE "-O1 -DNDEBUG")
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 24)
  add_compile_options(-Wno-subobject-linkage)  # a header's type with members of the one .cc that completes it
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    add_compile_options(-Wno-shadow)  # of a constant in another file's anonymous namespace, which g++ does not mind
  endif()
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # What one checkout has compiled, another finds.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
