// SPDX-License-Identifier: Apache-2.0
// JSON text to Raw trees that know where each value stands.
//
// nlohmann's SAX parser reads strictly what JSON is (yaml-cpp would take much for JSON that is none, refuses surrogate
// pairs in \u escapes, limits keys to 1024 bytes of one line, and is some twenty times slower on the single-line files
// that `terraform show -json` writes). It has no positions, so it is given an iterator that counts lines.
#pragma once

#include <string>
#include <vector>

#include "importing/text/note.hh"
#include "importing/text/transcript.hh"
#include "importing/text/words.hh"
#include "model/raw.hh"

namespace xconn::importing {

/// The JSON documents of a text, one after the other, as several commands write them into one file. Adds to `findings`
/// what cannot be read, and then returns what stands before it. Bounds: 128 levels, a million values.
std::vector<model::RawPtr> read_json(const Text& text, std::vector<Finding>& findings);
/// The same of each of its blocks; there are but blanks between them.
std::vector<model::RawPtr> read_json(const Text& text, const std::vector<Block>& blocks,
                                     std::vector<Finding>& findings);

/// A text, at the place of `like`.
model::RawPtr make_text(const std::string& text, const model::Position& at);

/// `raw` with all that is in it at one place: JSON inside a text has no places of its own.
model::RawPtr placed(const model::Raw& raw, const model::Position& at);

/// `name` without regard to case, as ARM compares (`azureASN` of today, `azureAsn` of 2021); nullptr when it is not
/// there.
const model::RawEntry* find_key(const model::Raw& map, std::string_view name);

}  // namespace xconn::importing
