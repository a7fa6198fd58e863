# SPDX-License-Identifier: Apache-2.0
# Where everything is: the build tree has the folders that an installed tree has below its prefix, so that a program finds
# what comes with it from its own place in both, and wherever the prefix is moved to.
include(GNUInstallDirs)
set(XCONN_LIBEXECDIR ${CMAKE_INSTALL_LIBEXECDIR}/crossconnect)
set(XCONN_SHAREDIR ${CMAKE_INSTALL_DATADIR}/crossconnect)
file(RELATIVE_PATH XCONN_BIN_TO_LIBEXEC ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBEXECDIR}/crossconnect)
file(RELATIVE_PATH XCONN_BIN_TO_SHARE ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_DATADIR}/crossconnect)

set(XCONN_BUILT_BIN ${PROJECT_BINARY_DIR}/bin)
cmake_path(SET XCONN_BUILT_LIBEXEC NORMALIZE ${XCONN_BUILT_BIN}/${XCONN_BIN_TO_LIBEXEC})
cmake_path(SET XCONN_BUILT_SHARE NORMALIZE ${XCONN_BUILT_BIN}/${XCONN_BIN_TO_SHARE})

# Topologies and exercises are read where they are written.
file(MAKE_DIRECTORY ${XCONN_BUILT_SHARE})
foreach(folder topologies exercises)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${folder} ${XCONN_BUILT_SHARE}/${folder} SYMBOLIC)
endforeach()

# xconn_daemon(NAME): a program of ours that labs start.
function(xconn_daemon name)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${XCONN_BUILT_LIBEXEC})
  install(TARGETS ${name} DESTINATION ${XCONN_LIBEXECDIR} COMPONENT crossconnect)
endfunction()
