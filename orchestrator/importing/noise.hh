// What stands in saved output of command lines beside the JSON.
#pragma once

#include <string>

namespace xconn::importing {

/// UTF-8 whatever the shell wrote (Windows PowerShell's `>` writes UTF-16), with everything replaced by blanks that no
/// JSON is: terminal escapes, the CLI's spinner ("{- Finished .."), its warnings, prompts, cuts ("<snipped>") and the
/// comma that a cut leaves before a bracket. Every line keeps its number.
std::string without_noise(const std::string& content);

}  // namespace xconn::importing
