// SPDX-License-Identifier: Apache-2.0
// Where run folders may be.
#pragma once

#include <filesystem>
#include <string>

namespace xconn::world {

/// Refuses a place of run folders that somebody else could change, or that a lab's world does not show: its path is
/// absolute and without symbolic links; it and what is above it belong to root or to us, can be entered by everybody
/// (one below /run may be closed itself) and be written by nobody else (or are sticky); and a lab has nothing of its
/// own there. What is not there yet is fine. Throws HostError.
void demand_place(const std::filesystem::path& base);

/// Refuses a file system without sockets, or without room. The folder is there. Throws HostError.
void demand_sockets(const std::filesystem::path& base);

/// Refuses a folder that the worlds of labs have of their own: what an agent writes there would go with the lab.
void demand_seen_in_labs(const std::filesystem::path& folder, const std::string& what);

}  // namespace xconn::world
