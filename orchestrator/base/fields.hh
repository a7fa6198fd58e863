// Structs to JSON and back from one table of fields each: the table is the only place that knows a spelling, so that
// what is written can always be read. A field that has its default value is left out.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "base/duration.hh"

namespace xconn::fields {

using Json = nlohmann::json;

template <class Owner, class Value>
struct Field {
  const char* name;
  Value Owner::*member;
  bool always;  ///< written even when it has its default value, for the reader's sake
};

template <class Owner, class Value>
constexpr Field<Owner, Value> optional_field(const char* name, Value Owner::*member) {
  return {name, member, false};
}
template <class Owner, class Value>
constexpr Field<Owner, Value> always(const char* name, Value Owner::*member) {
  return {name, member, true};
}

template <class Owner>
struct Table;  ///< has `static constexpr std::tuple fields`

template <class Value>
struct Names;  ///< of an enum: has `static constexpr std::pair<Value, const char*> names[]`

template <class T, class = void>
struct has_table : std::false_type {};
template <class T>
struct has_table<T, std::void_t<decltype(Table<T>::fields)>> : std::true_type {};

template <class T>
concept Parsed = requires(const T& value) {
  value.text();
  T::parse("");
};

[[noreturn]] inline void refuse(const std::string& sentence) {
  throw Json::other_error::create(501, sentence, static_cast<const Json*>(nullptr));
}

// --- one value ----------------------------------------------------------------------------------------------------

template <class T>
Json encode(const T& value);
template <class T>
void decode(const Json& json, T& value);
template <class T>
T decoded(const Json& json);
template <Parsed T>
T parsed(const Json& json);

template <class T>
Json encode_struct(const T& object) {
  Json json = Json::object();
  const T blank{};
  const auto write = [&](const auto& field) {
    if (field.always || !(object.*field.member == blank.*field.member)) json[field.name] = encode(object.*field.member);
  };
  std::apply([&](const auto&... field) { (write(field), ...); }, Table<T>::fields);
  return json;
}

template <class T>
void decode_struct(const Json& json, T& object) {
  std::size_t known = 0;
  const auto read = [&](const auto& field) {
    const auto found = json.find(field.name);
    if (found == json.end()) return;
    decode(*found, object.*field.member);
    ++known;
  };
  if (!json.is_object()) refuse("an object was expected, not " + json.dump());
  std::apply([&](const auto&... field) { (read(field), ...); }, Table<T>::fields);
  if (known != json.size()) refuse("an unknown field in " + json.dump());
}

template <class T>
const char* enum_name(T value) {
  for (const auto& [candidate, name] : Names<T>::names)
    if (candidate == value) return name;
  return "";
}

template <class T>
T enum_value(const std::string& text) {
  for (const auto& [candidate, name] : Names<T>::names)
    if (text == name) return candidate;
  refuse("unknown word '" + text + "'");
}

template <class T>
struct Codec {
  static Json encode(const T& value) {
    if constexpr (Parsed<T>)
      return value.text();
    else if constexpr (std::is_enum_v<T>)
      return enum_name(value);
    else if constexpr (has_table<T>::value)
      return encode_struct(value);
    else
      return value;
  }
  static void decode(const Json& json, T& value) {
    if constexpr (Parsed<T>)
      value = parsed<T>(json);
    else if constexpr (std::is_enum_v<T>)
      value = enum_value<T>(json.get<std::string>());
    else if constexpr (has_table<T>::value)
      decode_struct(json, value);
    else
      json.get_to(value);
  }
};

template <Parsed T>
T parsed(const Json& json) {
  const auto text = json.get<std::string>();
  if (const auto value = T::parse(text)) return *value;
  refuse("not understood: '" + text + "'");
}

template <class T>
T decoded(const Json& json) {
  if constexpr (Parsed<T>) {
    return parsed<T>(json);
  } else {
    T value{};
    fields::decode(json, value);
    return value;
  }
}

template <>
struct Codec<Duration> {
  static Json encode(const Duration& value) { return to_string(value); }
  static void decode(const Json& json, Duration& value) {
    const auto parsed = parse_duration(json.get<std::string>());
    if (!parsed) refuse("not a duration: " + json.dump());
    value = *parsed;
  }
};

template <class T>
struct Codec<std::optional<T>> {
  static Json encode(const std::optional<T>& value) { return value ? fields::encode(*value) : Json(); }
  static void decode(const Json& json, std::optional<T>& value) {
    value.reset();
    if (!json.is_null()) value = decoded<T>(json);
  }
};

template <class T>
struct Codec<std::vector<T>> {
  static Json encode(const std::vector<T>& values) {
    Json json = Json::array();
    for (const auto& value : values) json.push_back(fields::encode(value));
    return json;
  }
  static void decode(const Json& json, std::vector<T>& values) {
    if (!json.is_array()) refuse("a list was expected, not " + json.dump());
    values.clear();
    for (const auto& item : json) values.push_back(decoded<T>(item));
  }
};

template <class T>
Json encode(const T& value) {
  return Codec<T>::encode(value);
}
template <class T>
void decode(const Json& json, T& value) {
  Codec<T>::decode(json, value);
}

}  // namespace xconn::fields
