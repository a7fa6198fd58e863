// SPDX-License-Identifier: Apache-2.0
// The root directory of a process that was started in a chroot.
#pragma once

namespace xconn::sys {

/// What is / here becomes the root of this process's mount namespace, which must be its own: a chroot's / is no mount
/// point, so nothing could be said of it, and who enters the namespace later (setns) gets its root, whatever ours was.
/// Mounts are private afterwards. Throws KernelError.
void take_root_along();

/// False in a plain chroot.
bool root_is_a_mount();

}  // namespace xconn::sys
