// SPDX-License-Identifier: Apache-2.0
// Where this checkout is, for tests that read its topologies and goldens. Only one object file
// depends on it, so that ccache can share all others between checkouts.
#pragma once

namespace xconn {

extern const char* const kSourceDir;

}  // namespace xconn
