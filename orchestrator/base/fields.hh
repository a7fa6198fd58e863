// SPDX-License-Identifier: Apache-2.0
// Structs to JSON and back from one table of fields each: the table is the only place that knows a spelling, so that
// what is written can always be read. A field that has its default value is left out.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/duration.hh"
#include "base/errors.hh"
#include "base/names.hh"

namespace xconn::fields {

using Json = nlohmann::json;

/// What is wrong, and where: "rules[2].port: is 0 to 65535".
class FieldError : public Error {
 public:
  FieldError(std::string path, std::string rule)
      : Error(path.empty() ? rule : path + ": " + rule), path_(std::move(path)), rule_(std::move(rule)) {}
  FieldError below(const std::string& parent) const {
    return {parent + (path_.empty() || path_.front() == '[' ? "" : ".") + path_, rule_};
  }

 private:
  std::string path_, rule_;
};

[[noreturn]] inline void refuse(std::string rule) { throw FieldError({}, std::move(rule)); }

/// `As` is whose codec writes and reads it: the value's own, or a spelling such as Seconds.
template <class Owner, class Value, class As = Value>
struct Field {
  const char* name;
  Value Owner::*member;
  bool required;  ///< in what is read; it is written even when it has its default value
  long long low = std::numeric_limits<long long>::min(), high = std::numeric_limits<long long>::max();

  /// Of a number, or of milliseconds.
  constexpr Field between(long long least, long long most) const { return {name, member, required, least, most}; }
};

/// The fields of a member, beside those of its owner.
template <class Owner, class Part>
struct InlineFields {
  Part Owner::*member;
};

/// Made from the others for who reads the JSON without this program, and not read back.
template <class Owner>
struct DerivedField {
  const char* name;
  nlohmann::json (*make)(const Owner&);
};

template <class Owner, class Value>
constexpr Field<Owner, Value> optional_field(const char* name, Value Owner::*member) {
  return {name, member, false};
}
template <class Owner, class Value>
constexpr Field<Owner, Value> required_field(const char* name, Value Owner::*member) {
  return {name, member, true};
}
template <class As, class Owner, class Value>
constexpr Field<Owner, Value, As> required_as(const char* name, Value Owner::*member) {
  return {name, member, true};
}
template <class Owner, class Part>
constexpr InlineFields<Owner, Part> inline_fields(Part Owner::*member) {
  return {member};
}
template <class Owner>
constexpr DerivedField<Owner> derived_field(const char* name, nlohmann::json (*make)(const Owner&)) {
  return {name, make};
}

template <class Owner>
struct Table;  ///< has `static constexpr std::tuple fields`

template <class T, class = void>
struct has_table : std::false_type {};
template <class T>
struct has_table<T, std::void_t<decltype(Table<T>::fields)>> : std::true_type {};

template <class T>
concept Parsed = requires(const T& value) {
  value.text();
  T::parse("");
};

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
struct Codec;

template <class T, class Value, class As>
void write_field(const Field<T, Value, As>& field, const T& object, const T& blank, Json& json) {
  if (field.required || !(object.*field.member == blank.*field.member))
    json[field.name] = Codec<As>::encode(object.*field.member);
}

template <class T>
void write_field(const DerivedField<T>& field, const T& object, const T&, Json& json) {
  json[field.name] = field.make(object);
}

template <class T>
void write_fields(const T& object, Json& json);

template <class T, class Part>
void write_field(const InlineFields<T, Part>& part, const T& object, const T&, Json& json) {
  write_fields(object.*part.member, json);
}

template <class T>
void write_fields(const T& object, Json& json) {
  const T blank{};
  std::apply([&](const auto&... field) { (write_field(field, object, blank, json), ...); }, Table<T>::fields);
}

template <class T>
Json encode_struct(const T& object) {
  Json json = Json::object();
  write_fields(object, json);
  return json;
}

/// What a field's bounds are of: the number, or milliseconds; of anything else 0.
template <class Value>
double measure(const Value& value) {
  if constexpr (std::is_same_v<Value, Duration>)
    return std::chrono::duration<double, std::milli>(value).count();
  else if constexpr (std::is_arithmetic_v<Value>)
    return static_cast<double>(value);
  else
    return 0;
}

/// What is read of `json` at `path`; its errors say where.
template <class Read>
void at(const std::string& path, Read read) {
  try {
    read();
  } catch (const FieldError& error) {
    throw error.below(path);
  } catch (const Json::exception&) {
    throw FieldError(path, "has the wrong type");
  }
}

template <class Value, class Field>
void check_bounds(const Value& value, const Field& field) {
  const auto measured = measure(value);
  if (measured < static_cast<double>(field.low) || measured > static_cast<double>(field.high))
    refuse("is " + std::to_string(field.low) + " to " + std::to_string(field.high));
}

template <class Value, class Field>
void check_bounds(const std::optional<Value>& value, const Field& field) {
  if (value) check_bounds(*value, field);
}

/// What was not asked for yet.
using Keys = std::set<std::string>;

template <class T, class Value, class As>
void read_field(const Field<T, Value, As>& field, const Json& json, T& object, Keys& unknown) {
  unknown.erase(field.name);
  const auto found = json.find(field.name);
  if (found == json.end() && field.required) throw FieldError(field.name, "is required");
  if (found == json.end()) return;
  at(field.name, [&] {
    Codec<As>::decode(*found, object.*field.member);
    check_bounds(object.*field.member, field);
  });
}

template <class T>
void read_field(const DerivedField<T>& field, const Json&, T&, Keys& unknown) {
  unknown.erase(field.name);
}

template <class T>
void read_fields(const Json& json, T& object, Keys& unknown);

template <class T, class Part>
void read_field(const InlineFields<T, Part>& part, const Json& json, T& object, Keys& unknown) {
  read_fields(json, object.*part.member, unknown);
}

template <class T>
void read_fields(const Json& json, T& object, Keys& unknown) {
  std::apply([&](const auto&... field) { (read_field(field, json, object, unknown), ...); }, Table<T>::fields);
}

template <class T>
void decode_struct(const Json& json, T& object) {
  if (!json.is_object()) refuse("is an object");
  Keys unknown;
  for (const auto& [key, value] : json.items()) unknown.insert(key);
  read_fields(json, object, unknown);
  if (!unknown.empty()) throw FieldError(*unknown.begin(), "is no field here");
}

/// nlohmann's own would cut off what does not fit.
template <class T>
T whole_number(const Json& json) {
  if (!json.is_number_integer()) refuse("is a whole number");
  const bool fits = json.is_number_unsigned() ? std::in_range<T>(json.get<std::uint64_t>())
                                              : std::in_range<T>(json.get<std::int64_t>());
  if (!fits) refuse("is a number that is too large or too small here");
  return json.get<T>();
}

template <class T>
T enum_value(const std::string& text) {
  if (const auto value = named<T>(text)) return *value;
  refuse("'" + text + "' is none of " + all_names<T>());
}

template <class T>
struct Codec {
  static Json encode(const T& value) {
    if constexpr (Parsed<T>)
      return value.text();
    else if constexpr (std::is_enum_v<T>)
      return name_of(value);
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
    else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
      value = whole_number<T>(json);
    else
      json.get_to(value);
  }
};

template <Parsed T>
T parsed(const Json& json) {
  const auto text = json.get<std::string>();
  if (const auto value = T::parse(text)) return *value;
  refuse("cannot be '" + text + "'");
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
    if (!parsed) refuse("is a time such as 500ms, not " + json.dump());
    value = *parsed;
  }
};

/// A spelling of Duration, alone or optional: seconds, as a number.
struct Seconds;

template <>
struct Codec<Seconds> {
  static Json encode(const Duration& value) { return std::chrono::duration<double>(value).count(); }
  static Json encode(const std::optional<Duration>& value) { return value ? encode(*value) : Json(); }
  static void decode(const Json& json, Duration& value) { value = Duration{std::llround(json.get<double>() * 1e9)}; }
  static void decode(const Json& json, std::optional<Duration>& value) {
    value.reset();
    if (!json.is_null()) decode(json, value.emplace());
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
    if (!json.is_array()) refuse("is a list");
    values.clear();
    for (const auto& item : json)
      at("[" + std::to_string(values.size()) + "]", [&] { values.push_back(decoded<T>(item)); });
  }
};

/// A list of two.
template <class A, class B>
struct Codec<std::pair<A, B>> {
  static Json encode(const std::pair<A, B>& pair) {
    return Json::array({fields::encode(pair.first), fields::encode(pair.second)});
  }
  static void decode(const Json& json, std::pair<A, B>& pair) {
    if (!json.is_array() || json.size() != 2) refuse("is a list of two");
    fields::decode(json[0], pair.first);
    fields::decode(json[1], pair.second);
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
