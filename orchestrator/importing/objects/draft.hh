// SPDX-License-Identifier: Apache-2.0
// The topology while it is made: what is there so far, the names, and what was assumed.
#pragma once

#include <initializer_list>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/prefixes.hh"
#include "importing/objects/wan.hh"
#include "importing/resources/resource.hh"
#include "model/words.hh"

namespace xconn::importing {

/// A route to somebody whose address the lab chooses.
struct OpenHop {
  std::string table;
  std::size_t route;  ///< its number in the table
  ResourceId owner;
};

class Draft {
 public:
  Draft(const Inventory& found, Notes& said) : inventory(found), notes(said) {}

  const Inventory& inventory;
  Notes& notes;
  model::Topology topology;
  std::map<std::string, std::string> comments;                 ///< by path in the YAML: "circuits/er1/s-tag"
  std::map<std::string, std::vector<Prefix>> learned;          ///< on-prem prefixes that a circuit learns, by its name
  std::map<std::string, End> nics;                             ///< by key(): which interface of which node a NIC is
  std::map<std::string, std::vector<std::string>> pools;       ///< key() of a backend pool to those of its NICs
  std::map<std::string, std::vector<Address>> pool_addresses;  ///< by key() of a backend pool: who has no NIC there
  std::map<std::string, network::Probe> probes;                ///< by key()
  std::vector<OpenHop> open_hops;
  VirtualWan wan;
  std::vector<RouteServer> route_servers;
  int internet_ports = 0;
  std::string region;                   ///< of VNets for which no file says one
  std::vector<std::string> regionless;  ///< VNets whose region a file leaves open

  std::string key(const ResourceId& id) const;

  /// A name for it that is free, near to the one it has. `space` is "" for what may become a node.
  std::string name_for(const ResourceId& id, const std::string& space, const Where& where, const std::string& object);
  std::string free_name(const std::string& wanted, const std::string& space = {});
  /// The topology's name of what `id` names; empty when it was not carried over.
  std::string name_of(const ResourceId& id) const;
  void call(const ResourceId& id, const std::string& name) { names_[key(id)] = name; }

  /// The VNet of that id. One that no file describes is made, and completed by complete_vnets().
  model::Vnet& vnet(const ResourceId& id, const Where& where);
  bool is_stub(const std::string& vnet) const { return stubs_.contains(vnet); }

  /// A network of this length that overlaps with nothing in the topology; each call takes another one.
  Prefix free_network(int length);
  bool is_free(const Prefix& prefix) const { return !overlaps_any(prefix); }
  /// Whether no link and no VNet has a part of it; that somebody announces it is no hindrance.
  bool is_unused(const Prefix& prefix) const;
  /// What is part of it, or stands in it, is left out too.
  void leave_out(const ResourceId& id) { left_out_.insert(key(id)); }
  bool is_left_out(const ResourceId& id) const { return left_out_.contains(key(id)); }
  /// A subnet in which only a service of Azure's stands.
  void reserve(const std::string& vnet, const std::string& subnet) { reserved_.emplace(vnet, subnet); }
  bool is_reserved(const std::string& vnet, const std::string& subnet) const;
  /// Where user routes go, and who Route Servers speak with: nobody is invented at such an address.
  std::vector<Address> wanted_addresses() const;
  /// It is a network of the lab from now on: a VNet's, or a link's.
  void take(const Prefix& prefix);

  void comment(const std::string& path, const std::string& words) { comments[path] = words; }
  /// A note without a value, and the comment at `path`.
  void assume(Note note, const std::string& path);
  /// One of many: see Notes::add_alike().
  void assume_alike(Note note, const std::string& path, std::string together);

 private:
  bool overlaps_any(const Prefix& prefix) const;

  std::map<std::string, std::string> names_;
  std::set<std::pair<std::string, std::string>> used_;
  std::set<std::string> stubs_, left_out_;
  std::set<std::pair<std::string, std::string>> reserved_;
  Prefixes taken_;
};

/// Whether `vnet` has a gateway of its own.
bool has_gateway(const Draft& draft, const std::string& vnet);

/// One resource's properties, read with checks: what is no address, no AS number ... is noted with what was done
/// instead, never handed on. What nobody asked for is reported in the end.
class Fields {
 public:
  Fields(const model::Raw& body, std::string object, Draft& draft);

  const model::Raw* raw(std::string_view path);
  /// Without placeholders.
  std::string text(std::string_view path);
  /// One of `words` without regard to case, in their spelling; else `otherwise` and a note.
  std::string one_of(std::string_view path, std::initializer_list<std::string_view> words,
                     const std::string& otherwise) {
    return one_of_all(path, {words.begin(), words.size()}, otherwise);
  }
  /// The same of an enum's names.
  template <model::HasNames Enum>
  Enum one_of(std::string_view path, Enum otherwise) {
    using Word = model::Word<Enum>;
    return *Word::parse(one_of_all(path, Word::kTexts, Word::show(otherwise)));
  }
  /// Without a value that it could be.
  template <model::HasNames Enum>
  std::optional<Enum> one_of(std::string_view path) {
    return model::Word<Enum>::parse(one_of_all(path, model::Word<Enum>::kTexts, ""));
  }
  std::optional<Prefix> prefix(std::string_view path, const std::string& instead);
  /// All of a list, or the one; IPv4 only.
  std::vector<Prefix> prefixes(std::string_view path);
  std::optional<Address> address(std::string_view path, const std::string& instead);
  /// Whose address it is, when the lab is to choose that.
  std::optional<ResourceId> owner(std::string_view path);
  std::optional<Asn> asn(std::string_view path, const std::string& instead);
  std::optional<long long> number(std::string_view path, long long low, long long high, const std::string& instead);
  bool truth(std::string_view path, bool otherwise = false);
  /// {"id": ...}, or the id itself.
  std::optional<ResourceId> reference(std::string_view path);
  std::vector<std::string> texts(std::string_view path);
  /// The words of a list, or the one; each with its place.
  std::vector<const model::Raw*> items(std::string_view path);

  void note(const model::Raw& value, std::string_view path, const std::string& reason, const std::string& instead);
  void note(std::string_view path, const std::string& reason, const std::string& instead);
  /// These have no bearing on packets.
  void ignore(std::initializer_list<std::string_view> keys);
  /// Nor has anything else.
  void ignore_rest() { is_all_read_ = true; }
  /// What says something and nobody looked at.
  void report_unread();
  const std::string& object() const { return object_; }
  Where where() const { return body_.at.where(); }

 private:
  std::string one_of_all(std::string_view path, std::span<const std::string_view> words, const std::string& otherwise);
  template <class T, class Parse>
  std::optional<T> parsed(std::string_view path, const std::string& what, const std::string& instead, Parse parse);
  void report_unread(const model::Raw& map);

  const model::Raw& body_;
  std::string object_;
  Draft& draft_;
  std::vector<std::string> read_;
  bool is_all_read_ = false;
};

}  // namespace xconn::importing
