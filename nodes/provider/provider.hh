// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Bridges only: its interfaces say which (azure/ writes them, or the user).
void make_provider(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
