// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace xconn::azure {

/// Between a VNet's gateway and on-prem packets have 1400 bytes; larger ones are cut into fragments (Microsoft Learn,
/// "ExpressRoute FAQ", maximum supported limits).
constexpr int kHybridMtu = 1400;

}  // namespace xconn::azure
