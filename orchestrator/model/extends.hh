// SPDX-License-Identifier: Apache-2.0
// A topology file with what it extends, as one Raw.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/findings.hh"
#include "model/raw.hh"

namespace xconn::model {

/// In a document that a lab keeps (document.hh): the file that the user wrote, which every message names then.
inline constexpr const char* kOriginKey = "x-origin";

/// What names a file: the place and way to the word, or no line when the user named it on the command line.
struct Mention {
  Where where;
  Path path;
};

/// nullptr when there is no usable tree; then `findings` says why.
RawPtr load(const std::string& path, Findings& findings, const Mention& by = {});
RawPtr load_text(std::string_view text, const std::string& file, Findings& findings);

/// The whole of a regular file of at most `limit` bytes; otherwise reports where it was mentioned and gives nullopt.
std::optional<std::string> slurp(const std::string& file, std::size_t limit, const Mention& by, Findings& findings);

/// `path` as seen from the folder of `file`.
std::string beside(const std::string& file, const std::string& path);

}  // namespace xconn::model
