// SPDX-License-Identifier: Apache-2.0
// Standard input, output and error.
#pragma once

namespace xconn::sys {

/// Opens /dev/null for each of 0, 1 and 2 that the parent closed (cron and some supervisors do): otherwise the next
/// file or socket would get that number, and what is printed would be written into it. Call it before anything is
/// opened.
void open_standard();

}  // namespace xconn::sys
