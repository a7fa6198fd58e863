// SPDX-License-Identifier: Apache-2.0
// From the user's YAML to a topology that is known to be right.
//
// Everything that is wrong is reported at once: the words (types, unknown keys, ranges) and the rules of rules.hh. The
// errors carry file, line and column also through `extends`, anchors and merge keys. Nothing is written, started or
// sent.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "model/document.hh"
#include "model/topology.hh"

namespace xconn::model {

/// `path` is a file, or a folder that holds a topology.yaml. Throws TopologyError with every finding (bounded: the
/// first 100 and one that counts the rest), also when the file is missing, empty, no text, or larger than 8 MiB.
Topology read(const std::string& path);

/// The same, and the document of the file, from one reading. `named_at`: where a drill's key `topology` names the file,
/// when one does; that it is not there is told at that place.
std::pair<Topology, Document> read_with_document(const std::string& path, const Where& named_at = {});

/// What a document says; read(path) is read(Document::load(path)) with better places in its messages.
Topology read(const Document& document);

/// What a document says, right or not: its words are read, and no rule is asked. For who has a question of his own
/// before the rules'.
Topology read_words(const Document& document);

/// read() of text in memory; `file` is what findings call it and what `extends` and `from-file` are relative to.
Topology read_text(std::string_view text, const std::string& file);

}  // namespace xconn::model
