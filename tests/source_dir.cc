// SPDX-License-Identifier: Apache-2.0
#include "tests/source_dir.hh"

namespace xconn {

const char* const kSourceDir = XCONN_SOURCE_DIR;

}  // namespace xconn
