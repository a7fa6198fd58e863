// SPDX-License-Identifier: Apache-2.0
// A topology as data that can be kept and edited: the words of the file and of all that it extends, but not yet what
// they mean. A lab keeps the document that it runs, so that a later verb can change a word of it, have every rule
// checked again (read.hh) and apply what differs.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/raw.hh"

namespace xconn::model {

/// Keys and names from the root: {"circuits", "er1", "peerings", "private", "md5"}. The name of an item finds it in a
/// list of named items as well as in a map.
using KeyPath = std::vector<std::string>;

/// Copies are cheap and share what neither has changed. The value of every word is kept exactly; comments are not.
class Document {
 public:
  /// Follows `extends` and takes in what `from-file` names, so that the document stands alone. Throws TopologyError
  /// when it cannot be read as YAML; nothing else has been checked.
  static Document load(const std::string& path);
  static Document parse(std::string_view text, const std::string& file);
  /// Of a tree that load() of extends.hh has made.
  static Document of(const RawPtr& loaded);

  /// The file that the user wrote: what messages name.
  const std::string& file() const { return *root_->at.file; }
  const Raw& root() const { return *root_; }
  const RawPtr& raw() const { return root_; }

  /// nullptr when there is nothing.
  const Raw* find(const KeyPath& path) const;
  /// Writes a value, and the maps on the way to it where they are missing.
  void put(const KeyPath& path, const RawPtr& value);
  void put(const KeyPath& path, const std::string& word);
  /// Removes a key or a named item. False when it was not there.
  bool remove(const KeyPath& path);

  /// One JSON object that load() reads back to the same document, file name included. Holds keys: write it 0600.
  std::string json() const;
  /// YAML for people. Keys (md5, psk ...) show "(secret)" unless `with_secrets`; only with them can it be read again.
  std::string yaml(bool with_secrets = false) const;

 private:
  explicit Document(RawPtr root) : root_(std::move(root)) {}
  RawPtr root_;
};

/// By path in the file, "circuits/er1/s-tag": what stands in the line above that key.
using Comments = std::map<std::string, std::string>;

/// A tree as Document::yaml() writes it.
std::string yaml_text(const Raw& root, bool with_secrets = false, const Comments& comments = {});

/// Whether a key of this name, anywhere in a topology, holds a secret (md5, psk ...).
bool is_secret_key(std::string_view key);

/// A value from text of the command line: YAML's flow style, so "[a, b]" is a list and "{a: 1}" a map. Throws
/// TopologyError.
RawPtr parse_value(const std::string& text);

}  // namespace xconn::model
