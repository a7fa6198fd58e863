// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "datapath_network.hh"

namespace xconn::datapath_test {

class LinkTest : public testing::Test, protected LinkedNodes {};

}  // namespace xconn::datapath_test
