# xconn_bpf(TARGET a.bpf.c ...): each X.bpf.c becomes a BPF object (clang) and then the skeleton X.skel.h (bpftool), which
# TARGET can include. Only linux/bpf.h and its like are used, no vmlinux.h, so any host can build for any other.
find_program(CLANG clang REQUIRED)
find_program(BPFTOOL bpftool PATHS /usr/sbin /sbin REQUIRED)

function(xconn_bpf target)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/skeletons)
  file(MAKE_DIRECTORY ${folder})
  file(GLOB shared ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  foreach(source ${ARGN})
    get_filename_component(name ${source} NAME_WE)
    # v3 of the instruction set: atomics that return what was there before (Linux 5.12).
    add_custom_command(
      OUTPUT ${folder}/${name}.skel.h
      COMMAND ${CLANG} -O2 -g -Wall -Werror -target bpf -mcpu=v3 -I${CMAKE_CURRENT_SOURCE_DIR}
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
