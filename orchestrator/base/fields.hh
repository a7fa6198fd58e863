// SPDX-License-Identifier: Apache-2.0
// Structs to JSON and back from one table of fields each: the table is the only place that knows a spelling, so that
// what is written can always be read. A field that has its default value is left out.
#pragma once

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
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
  FieldError(std::string path, std::string rule);
  FieldError below(const std::string& parent) const;

 private:
  std::string path_, rule_;
};

[[noreturn]] void refuse(std::string rule);

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

// --- one struct ---------------------------------------------------------------------------------------------------

/// A field without its types: what goes through a table is compiled once, not for each struct. An object is a `T` of
/// the table that the field is of.
struct ErasedField {
  const char* name = nullptr;
  bool required = true;
  long long low = 0, high = 0;
  Json (*encode)(const void* object) = nullptr;
  void (*decode)(const Json& json, void* object) = nullptr;  ///< none: it is not read back
  bool (*same)(const void* one, const void* other) = nullptr;
  std::optional<double> (*measure)(const void* object) = nullptr;  ///< none: it has no bounds
  std::span<const ErasedField> (*part)() = nullptr;                ///< none: it is a field
  const void* (*inside)(const void* object) = nullptr;             ///< the part
};

using ErasedFields = std::span<const ErasedField>;

/// Of an object and one that has the default values.
Json encode_fields(ErasedFields fields, const void* object, const void* blank);
/// Throws FieldError.
void decode_fields(ErasedFields fields, const Json& json, void* object);
/// For a catch block: throws the caught error again, and it says that it happened at `path`.
[[noreturn]] void rethrow_at(const std::string& path);

/// What a field's bounds are of: the number, or milliseconds.
template <class Value>
std::optional<double> measure(const Value& value) {
  if constexpr (std::is_same_v<Value, Duration>)
    return std::chrono::duration<double, std::milli>(value).count();
  else
    return static_cast<double>(value);
}

template <class Value>
std::optional<double> measure(const std::optional<Value>& value) {
  return value ? measure(*value) : std::nullopt;
}

template <class Value>
constexpr bool kMeasurable = std::is_same_v<Value, Duration> || std::is_arithmetic_v<Value>;
template <class Value>
constexpr bool kMeasurable<std::optional<Value>> = kMeasurable<Value>;

template <class T, std::size_t I>
auto& member(const void* object) {
  return static_cast<const T*>(object)->*std::get<I>(Table<T>::fields).member;
}

template <class T, std::size_t I, class Value, class As>
constexpr ErasedField erased(const Field<T, Value, As>& field) {
  ErasedField made{.name = field.name, .required = field.required, .low = field.low, .high = field.high};
  made.encode = [](const void* object) -> Json { return Codec<As>::encode(member<T, I>(object)); };
  made.decode = [](const Json& json, void* object) {
    Codec<As>::decode(json, static_cast<T*>(object)->*std::get<I>(Table<T>::fields).member);
  };
  made.same = [](const void* one, const void* other) { return member<T, I>(one) == member<T, I>(other); };
  if constexpr (kMeasurable<Value>) made.measure = [](const void* object) { return measure(member<T, I>(object)); };
  return made;
}

template <class T, std::size_t I>
constexpr ErasedField erased(const DerivedField<T>& field) {
  ErasedField made{.name = field.name};
  made.encode = [](const void* object) { return std::get<I>(Table<T>::fields).make(*static_cast<const T*>(object)); };
  return made;
}

template <class T>
ErasedFields erased_fields();

template <class T, std::size_t I, class Part>
constexpr ErasedField erased(const InlineFields<T, Part>&) {
  ErasedField made;
  made.part = erased_fields<Part>;
  made.inside = [](const void* object) -> const void* { return &member<T, I>(object); };
  return made;
}

template <class T, std::size_t... I>
constexpr std::array<ErasedField, sizeof...(I)> all_erased(std::index_sequence<I...>) {
  return {erased<T, I>(std::get<I>(Table<T>::fields))...};
}

template <class T>
ErasedFields erased_fields() {
  static constexpr auto kFields =
      all_erased<T>(std::make_index_sequence<std::tuple_size_v<decltype(Table<T>::fields)>>{});
  return kFields;
}

template <class T>
Json encode_struct(const T& object) {
  const T blank{};
  return encode_fields(erased_fields<T>(), &object, &blank);
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
      decode_fields(erased_fields<T>(), json, &value);
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
class Codec<std::vector<T>> {
 public:
  static Json encode(const std::vector<T>& values) {
    Json json = Json::array();
    for (const auto& value : values) json.push_back(fields::encode(value));
    return json;
  }
  static void decode(const Json& json, std::vector<T>& values) {
    if (!json.is_array()) refuse("is a list");
    values.clear();
    for (const auto& item : json) add(item, values);
  }

 private:
  static void add(const Json& item, std::vector<T>& values) {
    try {
      values.push_back(decoded<T>(item));
    } catch (...) {
      rethrow_at("[" + std::to_string(values.size()) + "]");
    }
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
