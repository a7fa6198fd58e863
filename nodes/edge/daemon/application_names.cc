// SPDX-License-Identifier: Apache-2.0
// Prints the names of all applications that nDPI knows, one C string literal a line: for model/applications.cc.
#include <ndpi/ndpi_api.h>

#include <cstdio>

int main() {
  auto* module = ndpi_init_detection_module(ndpi_no_prefs);
  if (module == nullptr) return 1;
  ndpi_finalize_initialization(module);
  for (unsigned id = 0; id < ndpi_get_num_supported_protocols(module); ++id)
    std::printf("\"%s\",\n", ndpi_get_proto_name(module, static_cast<unsigned short>(id)));
  ndpi_exit_detection_module(module);
  return 0;
}
