// Where this checkout is, for tests that read its topologies and goldens. Only one object knows it: the others are the
// same in every checkout, and ccache has them.
#pragma once

namespace xconn {

extern const char* const kSourceDir;

}  // namespace xconn
