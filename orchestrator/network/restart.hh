// SPDX-License-Identifier: Apache-2.0
// What happens to a daemon that ended: systemd.service(5)'s words.
#pragma once

namespace xconn::network {

enum class RestartPolicy { kAlways, kOnFailure, kNever };

}  // namespace xconn::network
