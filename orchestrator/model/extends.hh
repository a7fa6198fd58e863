// A topology file with what it extends, as one Raw.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/findings.hh"
#include "model/raw.hh"

namespace xconn::model {

/// nullptr when there is no usable tree; then `findings` says why.
RawPtr load(const std::string& path, Findings& findings);
RawPtr load_text(std::string_view text, const std::string& file, Findings& findings);

/// The whole of a regular file of at most `limit` bytes; otherwise reports at `where` and gives nullopt.
std::optional<std::string> slurp(const std::string& path, std::size_t limit, const Where& where, Findings& findings);

/// `path` as seen from the folder of `file`.
std::string beside(const std::string& file, const std::string& path);

}  // namespace xconn::model
