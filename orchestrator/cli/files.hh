// SPDX-License-Identifier: Apache-2.0
// Files and folders that the user names for what a verb leaves.
#pragma once

#include <string>

namespace xconn::cli {

/// Asked before the work is done: throws what refuse() throws, which names `option`, when `file` could not be written.
void demand_writable(const std::string& option, const std::string& file);

/// The same of a folder that may have to be made, and that the agent of a lab will write to.
void demand_folder_of_agent(const std::string& option, const std::string& folder);

}  // namespace xconn::cli
