// SPDX-License-Identifier: Apache-2.0
// The tables of keys: one row per key of an object. Reading, the check for unknown keys, the JSON schema and the
// reference all walk these rows; a key that is not here does not exist.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "model/cursor.hh"
#include "model/words.hh"

namespace xconn::model {

struct ObjectInfo;

/// What may stand as the value of a key.
struct TypeInfo {
  enum class Shape { kOne, kList, kNamed, kWords };  ///< kNamed: map from name to object; kWords: map of key to words

  Shape shape = Shape::kOne;
  const WordInfo* word = nullptr;           ///< either a word
  const WordInfo* name = nullptr;           ///< kNamed: what the names are
  const ObjectInfo& (*object)() = nullptr;  ///< or an object
  std::string text, schema;                 ///< or one of its own kind: for people, and as JSON schema
};

/// kOneOf: of the keys marked so, exactly one is written; kSomeOf: one or more of them; kFilled: what is written is not
/// empty.
inline constexpr unsigned kRequired = 1, kSecret = 2, kOneOf = 4, kSomeOf = 8, kFilled = 16;

struct KeyInfo {
  std::string_view name;
  std::string_view alias;
  std::string_view doc;
  unsigned flags = 0;
  TypeInfo type;
  std::string standard;                          ///< its default, or empty
  void (*read)(const Cursor&, void*) = nullptr;  ///< into the object that the table is of

  bool required() const { return (flags & kRequired) != 0; }
  bool has(unsigned flag) const { return (flags & flag) != 0; }
};

struct ObjectInfo {
  std::string_view name;  ///< heading in the reference: "interface"
  std::string_view doc;
  std::string_view example;
  std::vector<KeyInfo> keys;
  /// Reads what is no map, or nullptr when only a map will do; returns false when it cannot either.
  bool (*shorthand)(const Cursor&, void*) = nullptr;
  std::string_view shorthand_doc = {};
  std::string shorthand_schema = {};
  /// Looks at the whole object after its keys: what one key means for another.
  void (*finish)(const Cursor&, void*) = nullptr;
  /// What the object may be, where that depends on what is written: each with a table of its own, which holds all of
  /// its keys. `keys` are those that all have, for the reference.
  std::vector<const ObjectInfo*> variants = {};
  /// Which of them it is; nullptr after a report.
  const ObjectInfo* (*choose)(const Cursor&) = nullptr;
};

/// The table of T. Specialised in keys_*.cc.
template <class T>
const ObjectInfo& object_info();

#define XCONN_OBJECT(T) \
  template <>           \
  const ObjectInfo& object_info<T>()
XCONN_OBJECT(Topology);
XCONN_OBJECT(Node);
XCONN_OBJECT(Interface);
XCONN_OBJECT(Tag);
XCONN_OBJECT(Route);
XCONN_OBJECT(Rule);
XCONN_OBJECT(Bgp);
XCONN_OBJECT(BgpNeighbor);
XCONN_OBJECT(network::Tunnel);
XCONN_OBJECT(network::Dpd);
XCONN_OBJECT(network::Sdwan);
XCONN_OBJECT(network::SdwanMember);
XCONN_OBJECT(network::HealthCheck);
XCONN_OBJECT(network::Sla);
XCONN_OBJECT(network::SdwanRule);
XCONN_OBJECT(network::Ha);
XCONN_OBJECT(FileOverride);
XCONN_OBJECT(Link);
XCONN_OBJECT(Impairment);
XCONN_OBJECT(Provider);
XCONN_OBJECT(Circuit);
XCONN_OBJECT(Peering);
XCONN_OBJECT(Vnet);
XCONN_OBJECT(Subnet);
XCONN_OBJECT(RouteTable);
XCONN_OBJECT(UserRoute);
XCONN_OBJECT(Gateway);
XCONN_OBJECT(Connection);
XCONN_OBJECT(LoadBalancer);
XCONN_OBJECT(DirectPort);
XCONN_OBJECT(Authorization);
XCONN_OBJECT(GlobalReach);
XCONN_OBJECT(RouteFilter);
XCONN_OBJECT(RouteFilterRule);
XCONN_OBJECT(PublicService);
XCONN_OBJECT(VnetPeering);
XCONN_OBJECT(Nsg);
XCONN_OBJECT(SecurityRule);
XCONN_OBJECT(LocalGateway);
XCONN_OBJECT(IpsecPolicy);
XCONN_OBJECT(EncryptionGateway);
XCONN_OBJECT(network::Probe);
XCONN_OBJECT(network::BalancerRule);
#undef XCONN_OBJECT

/// Reads the map at `at` into `object` by the rows of `info`. `named`: as an item of a list it may carry its own
/// `name`.
void read_object(const ObjectInfo& info, const Cursor& at, void* object, bool named = false);

/// `x-...`: a place for anchors, never read.
bool is_private_key(std::string_view key);

/// What names a T that is an item of a named list.
template <class T>
struct NameOf {
  using As = ObjectName;
};
template <>
struct NameOf<Interface> {
  using As = InterfaceName;
};
template <>
struct NameOf<network::Tunnel> {
  using As = InterfaceName;
};
template <>
struct NameOf<FileOverride> {
  using As = FileName;
};

namespace detail {

template <class T>
struct Element {
  using Type = T;
};
template <class T>
struct Element<std::optional<T>> : Element<T> {};
template <class T>
struct Element<std::vector<T>> : Element<T> {};

template <auto Member>
struct MemberOf;
template <class O, class V, V O::*Member>
struct MemberOf<Member> {
  using Object = O;
  using Value = V;
};

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
concept Named = requires(T t) {
  t.name;
};
template <class T>
concept Placed = requires(T t) {
  t.where;
};

template <class T>
T make() {
  if constexpr (std::is_same_v<T, Asn>)
    return *Asn::of(65001);
  else if constexpr (std::is_same_v<T, BgpNeighbor>)
    return {Address{}, make<Asn>(), {}, false, false, false, false, false, 0, {}, {}, {}, {}};
  else if constexpr (std::is_same_v<T, Bgp>)
    return {make<Asn>(), {}, {}, {}, {}, {}, 8};
  else
    return T{};
}

/// The text of the scalar at `at`, or nullptr after a report.
const std::string* scalar_text(const Cursor& at, const WordInfo& word);
void report_word(const Cursor& at, const WordInfo& word);
/// The name of the item of a named list: its key `name`, or nullptr after a report.
const RawEntry* item_name(const Cursor& at);
void check_name(const Cursor& at, std::string_view name);

template <class As, class V>
void read_one(const Cursor& at, V& out) {
  if constexpr (IsWord<As>) {
    const auto* text = scalar_text(at, Word<As>::info());
    if (text == nullptr) return;
    if (auto value = Word<As>::parse(*text))
      out = std::move(*value);
    else
      report_word(at, Word<As>::info());
  } else {
    if constexpr (Placed<V>) out.where = at.at().where();
    read_object(object_info<As>(), at, &out, Named<V>);
  }
}

template <class As, class V>
void read_named(const Cursor& at, std::vector<V>& out) {
  const auto read = [&](const Cursor& here, const std::string& name) {
    out.push_back(make<V>());
    out.back().name = name;
    check_name(here, name);
    read_one<As>(here, out.back());
  };
  if (at.raw().is_map())
    for (const auto& entry : at.raw().entries) {
      if (!is_private_key(entry.key)) read(at.entry(entry), entry.key);
    }
  else if (at.raw().is_list())
    for (std::size_t i = 0; i < at.raw().items.size(); ++i) {
      if (const auto* name = item_name(at.item(i))) read(at.item(i), name->value->text);
    }
  else if (!at.raw().is_null())
    at.fault_kind("a map from names to what they name");
}

template <class As, class V>
void read_list(const Cursor& at, std::vector<V>& out) {
  const auto read = [&](const Cursor& here) {
    out.push_back(make<V>());
    read_one<As>(here, out.back());
  };
  if (at.raw().is_list())
    for (std::size_t i = 0; i < at.raw().items.size(); ++i) read(at.item(i));
  else if (!at.raw().is_null())
    read(at);
}

template <class As, class V>
void read_value(const Cursor& at, V& out) {
  if constexpr (kIsVector<V>) {
    out.clear();
    if constexpr (Named<typename V::value_type> && !IsWord<As>)
      read_named<As>(at, out);
    else
      read_list<As>(at, out);
  } else if constexpr (kIsOptional<V>) {
    out = make<typename V::value_type>();
    read_one<As>(at, *out);
  } else {
    read_one<As>(at, out);
  }
}

template <class As, class V>
TypeInfo type_of() {
  TypeInfo type;
  if constexpr (IsWord<As>)
    type.word = &Word<As>::info();
  else
    type.object = &object_info<As>;
  if constexpr (kIsVector<V>) {
    type.shape = TypeInfo::Shape::kList;
    if constexpr (Named<typename V::value_type> && !IsWord<As>) {
      type.shape = TypeInfo::Shape::kNamed;
      type.name = &Word<typename NameOf<typename V::value_type>::As>::info();
    }
  }
  return type;
}

template <class Object, auto Member, class As>
std::string standard_of() {
  using V = typename MemberOf<Member>::Value;
  if constexpr (IsWord<As> && !kIsVector<V> && !kIsOptional<V>) return Word<As>::show(make<Object>().*Member);
  return {};
}

}  // namespace detail

/// A row for a member that an Object has of its own or from a base.
template <class Object, auto Member,
          class As = typename detail::Element<typename detail::MemberOf<Member>::Value>::Type>
KeyInfo key_of(std::string_view name, std::string_view doc, unsigned flags = 0, std::string_view alias = {}) {
  using Value = typename detail::MemberOf<Member>::Value;
  KeyInfo info{name, alias, doc, flags, detail::type_of<As, Value>(), {}, nullptr};
  if (!info.required()) info.standard = detail::standard_of<Object, Member, As>();
  info.read = [](const Cursor& at, void* object) { detail::read_value<As>(at, static_cast<Object*>(object)->*Member); };
  return info;
}

/// A row for a member: its type says how it is read, `As` when that is not enough.
template <auto Member, class As = typename detail::Element<typename detail::MemberOf<Member>::Value>::Type>
KeyInfo key(std::string_view name, std::string_view doc, unsigned flags = 0, std::string_view alias = {}) {
  return key_of<typename detail::MemberOf<Member>::Object, Member, As>(name, doc, flags, alias);
}

/// A row that reads by a function of its own.
template <class Object, void (*Read)(const Cursor&, Object&)>
KeyInfo key(std::string_view name, TypeInfo type, std::string_view doc, unsigned flags = 0) {
  return {name, {}, doc, flags, std::move(type), {}, [](const Cursor& at, void* object) {
            Read(at, *static_cast<Object*>(object));
          }};
}

/// The type of a row that reads by a function of its own: one word.
template <class As>
TypeInfo word_type(TypeInfo::Shape shape = TypeInfo::Shape::kOne) {
  TypeInfo type;
  type.shape = shape;
  type.word = &Word<As>::info();
  return type;
}

/// ... described by hand.
inline TypeInfo own_type(std::string text, std::string schema) {
  TypeInfo type;
  type.text = std::move(text);
  type.schema = std::move(schema);
  return type;
}

/// Reads one word, nullopt after a report.
template <class As>
std::optional<typename Word<As>::Value> read_word(const Cursor& at) {
  const auto* text = detail::scalar_text(at, Word<As>::info());
  if (text == nullptr) return std::nullopt;
  auto value = Word<As>::parse(*text);
  if (!value) detail::report_word(at, Word<As>::info());
  return value;
}

}  // namespace xconn::model
