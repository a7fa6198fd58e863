// SPDX-License-Identifier: Apache-2.0
// Hides a folder, except for some of the folders below it, or a file.
#pragma once

#include <filesystem>
#include <vector>

namespace xconn::sys {

/// Covers the folder with an empty one, in which those folders of `kept` that are below it (and there) are at their
/// usual places. Throws KernelError.
void cover(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& kept = {});

/// In its place is /dev/null. Throws KernelError.
void cover_file(const std::filesystem::path& file);

}  // namespace xconn::sys
