# SPDX-License-Identifier: Apache-2.0
# The Debian packages: `ninja -C build installable && cpack --config build/CPackConfig.cmake` (ci/deb does it).
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_COMPONENTS_ALL crossconnect)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${XCONN_MAINTAINER})
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# What a lab starts, and what people type first in its nodes, is what ci/prepare installs for it; what a single option needs
# is recommended.
set(recommended jp)
file(STRINGS ${PROJECT_SOURCE_DIR}/ci/packages rows REGEX "^run ")
foreach(row ${rows})
  string(REGEX REPLACE "^run +" "" name ${row})
  if(NOT name IN_LIST recommended)
    list(APPEND needed ${name})
  endif()
endforeach()
list(JOIN needed ", " CPACK_DEBIAN_CROSSCONNECT_PACKAGE_DEPENDS)
list(JOIN recommended ", " CPACK_DEBIAN_CROSSCONNECT_PACKAGE_RECOMMENDS)
set(CPACK_DEBIAN_CROSSCONNECT_PACKAGE_SUGGESTS "python3-crossconnect, graphviz")
set(CPACK_DEBIAN_CROSSCONNECT_PACKAGE_NAME crossconnect)
set(CPACK_DEBIAN_CROSSCONNECT_PACKAGE_SECTION net)
set(CPACK_COMPONENT_CROSSCONNECT_DESCRIPTION "rehearse a hybrid network before it breaks
One YAML file describes a branch, a connectivity provider, Microsoft's edge
and an Azure VNet; xconn builds it on one Linux machine from namespaces, FRR,
strongSwan, keepalived and nftables, breaks it on purpose, and says to the
millisecond what the traffic felt and which mechanism saved it.
.
A lab lives in namespaces of its own and leaves nothing on the host.")

set(debian ${CMAKE_CURRENT_BINARY_DIR}/debian)
file(READ ${CMAKE_CURRENT_SOURCE_DIR}/debian/services.sh XCONN_SERVICES)
foreach(script preinst postinst prerm postrm)
  configure_file(debian/${script}.in ${debian}/crossconnect/${script} @ONLY)
  list(APPEND CPACK_DEBIAN_CROSSCONNECT_PACKAGE_CONTROL_EXTRA ${debian}/crossconnect/${script})
endforeach()

if(XCONN_BINDINGS)
  list(APPEND CPACK_COMPONENTS_ALL python3-crossconnect)
  math(EXPR next "${XCONN_PYTHON_MINOR} + 1")
  set(CPACK_DEBIAN_PYTHON3-CROSSCONNECT_PACKAGE_NAME python3-crossconnect)
  set(CPACK_DEBIAN_PYTHON3-CROSSCONNECT_PACKAGE_SECTION python)
  set(CPACK_DEBIAN_PYTHON3-CROSSCONNECT_PACKAGE_DEPENDS
    "crossconnect (= ${PROJECT_VERSION}), python3 (>= 3.${XCONN_PYTHON_MINOR}~), python3 (<< 3.${next}~), python3-yaml")
  set(CPACK_DEBIAN_PYTHON3-CROSSCONNECT_PACKAGE_RECOMMENDS python3-pytest)
  set(CPACK_COMPONENT_PYTHON3-CROSSCONNECT_DESCRIPTION "labs of Crossconnect in Python and pytest
Build a lab, break it, and assert what the traffic felt: labs, faults, drills
and their reports as objects, and a pytest plugin whose fixture xconn_lab is
there as soon as this is installed.")
  foreach(script postinst prerm)
    configure_file(debian/python3.${script} ${debian}/python3-crossconnect/${script} COPYONLY)
    list(APPEND CPACK_DEBIAN_PYTHON3-CROSSCONNECT_PACKAGE_CONTROL_EXTRA ${debian}/python3-crossconnect/${script})
  endforeach()
endif()

# Each package has its licence and its history, as Debian's policy asks.
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(debian/changelog.in ${debian}/changelog @ONLY)
configure_file(debian/copyright.in ${debian}/copyright @ONLY)
execute_process(COMMAND ${GZIP} -9nf ${debian}/changelog)
foreach(name ${CPACK_COMPONENTS_ALL})
  install(FILES ${debian}/copyright ${debian}/changelog.gz DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name}
    COMPONENT ${name} EXCLUDE_FROM_ALL)
endforeach()

include(CPack)
