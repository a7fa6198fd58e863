// SPDX-License-Identifier: Apache-2.0
// A file's content to the JSON documents in it, whatever is around them.
#pragma once

#include <vector>

#include "importing/text/note.hh"
#include "importing/text/notes.hh"
#include "model/raw.hh"

namespace xconn::importing {

/// Adds to `findings` what cannot be read, and how to get something that can; in a page of notes that is a note, for
/// the rest of it counts.
std::vector<model::RawPtr> read_documents(const Text& text, Notes& notes, std::vector<Finding>& findings);

}  // namespace xconn::importing
