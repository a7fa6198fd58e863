# SPDX-License-Identifier: Apache-2.0
# xconn_bpf(TARGET a.bpf.c ...): each X.bpf.c becomes a BPF object (clang) and then the skeleton X.skel.h (bpftool), which
# TARGET can include. Only linux/bpf.h and its like are used, no vmlinux.h, so any host can build for any other.
find_program(CLANG clang REQUIRED)

# Ubuntu's /usr/sbin/bpftool is a script that runs the tool of the kernel that is up, and fails without that one's package.
# The tool of any kernel will do.
set(BPFTOOL_PLACES /usr/local/sbin /usr/sbin /sbin /usr/bin /usr/lib/linux-tools/* /usr/lib/linux-tools-*
    CACHE STRING "Folders in which a bpftool that runs is looked for")
if(NOT BPFTOOL)
  list(TRANSFORM BPFTOOL_PLACES APPEND /bpftool OUTPUT_VARIABLE candidates)
  foreach(pattern ${candidates})
    file(GLOB found ${pattern})
    foreach(candidate ${found})
      execute_process(COMMAND ${candidate} version RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
      if(status EQUAL 0 AND NOT BPFTOOL)
        set(BPFTOOL ${candidate} CACHE FILEPATH "bpftool, which makes a skeleton of each BPF program")
      endif()
    endforeach()
  endforeach()
endif()
if(NOT BPFTOOL)
  message(FATAL_ERROR "No bpftool runs here (`bpftool version`). Debian: apt-get install bpftool. Ubuntu: apt-get "
                      "install linux-tools-generic. Another: -DBPFTOOL=/path/to/bpftool")
endif()

function(xconn_bpf target)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/skeletons)
  file(MAKE_DIRECTORY ${folder})
  file(GLOB shared ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  foreach(source ${ARGN})
    get_filename_component(name ${source} NAME_WE)
    # v3 of the instruction set: atomics that return what was there before (Linux 5.12). The debug information, which the
    # kernel's verifier shows lines of, names the sources as they stand in the tree, on whichever machine that is.
    add_custom_command(
      OUTPUT ${folder}/${name}.skel.h
      COMMAND ${CLANG} -O2 -g -Wall -Werror -target bpf -mcpu=v3
              -fdebug-compilation-dir=. -fdebug-prefix-map=${PROJECT_SOURCE_DIR}/= -I${CMAKE_CURRENT_SOURCE_DIR}
              -I/usr/include/${CMAKE_LIBRARY_ARCHITECTURE} -c ${CMAKE_CURRENT_SOURCE_DIR}/${source}
              -o ${folder}/${name}.bpf.o
      COMMAND ${BPFTOOL} gen skeleton ${folder}/${name}.bpf.o name ${name}_bpf > ${folder}/${name}.skel.h
      DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source} ${shared}
      COMMENT "BPF ${source}"
      VERBATIM)
    target_sources(${target} PRIVATE ${folder}/${name}.skel.h)
  endforeach()
  target_include_directories(${target} SYSTEM PRIVATE ${folder})
endfunction()
