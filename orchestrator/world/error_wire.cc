// SPDX-License-Identifier: Apache-2.0
#include "world/error_wire.hh"

#include <new>
#include <tuple>

#include "base/fields.hh"

namespace xconn::fields {

template <>
struct Table<Where> {
  static constexpr std::tuple fields{required_field("file", &Where::file), required_field("line", &Where::line),
                                     required_field("column", &Where::column)};
};

template <>
struct Table<Finding> {
  static constexpr std::tuple fields{
      inline_fields(&Finding::where),           required_field("object", &Finding::object),
      required_field("field", &Finding::field), required_field("value", &Finding::value),
      required_field("rule", &Finding::rule),   required_field("remedy", &Finding::remedy),
      required_field("code", &Finding::code),   required_field("source", &Finding::source)};
};

/// A number of nanoseconds.
struct Nanoseconds;

template <>
struct Codec<Nanoseconds> {
  static Json encode(const Duration& value) { return value.count(); }
  static void decode(const Json& json, Duration& value) { value = Duration{json.get<std::int64_t>()}; }
};

}  // namespace xconn::fields

namespace xconn::world {
namespace {

using nlohmann::json;

/// A part of an error: what its class calls it, and the codec of its value.
template <class Error, class Value, class As>
struct Part {
  const char* name;
  Value (Error::*get)() const;

  void write(const Error& error, json& out) const { out[name] = fields::Codec<As>::encode((error.*get)()); }
  std::remove_cvref_t<Value> read(const json& from) const {
    std::remove_cvref_t<Value> value{};
    fields::Codec<As>::decode(from.at(name), value);
    return value;
  }
};

template <class Error, class Value>
constexpr Part<Error, Value, std::remove_cvref_t<Value>> part(const char* name, Value (Error::*get)() const) {
  return {name, get};
}

/// A class: its name and its parts, in the order of its constructor's parameters. One without parts is made from its
/// message.
template <class Type, class... Parts>
struct Shape {
  const char* name;
  std::tuple<Parts...> parts;

  bool write(const std::exception& error, json& out) const {
    const auto* known = dynamic_cast<const Type*>(&error);
    if (known == nullptr) return false;
    out["type"] = name;
    std::apply([&](const auto&... part) { (part.write(*known, out), ...); }, parts);
    return true;
  }
  void raise(const json& from) const {
    if (from.value("type", "") != name) return;
    if constexpr (sizeof...(Parts) == 0)
      throw Type(from.at("message").get<std::string>());
    else
      std::apply([&](const auto&... part) { throw Type(part.read(from)...); }, parts);
  }
};

template <class Type, class... Parts>
constexpr Shape<Type, Parts...> shape(const char* name, Parts... parts) {
  return {name, {parts...}};
}

constexpr std::tuple kShapes{
    shape<TopologyError>("TopologyError", part("findings", &TopologyError::findings)),
    shape<HostError>("HostError", part("missing", &HostError::missing), part("remedy", &HostError::remedy)),
    shape<KernelError>("KernelError", part("operation", &KernelError::operation), part("object", &KernelError::object),
                       part("netns", &KernelError::netns), part("error_number", &KernelError::error_number),
                       part("sentence", &KernelError::sentence)),
    shape<ServiceError>("ServiceError", part("argv", &ServiceError::argv), part("status", &ServiceError::status),
                        part("last_log_lines", &ServiceError::last_log_lines)),
    shape<TimeoutError>("TimeoutError", part("awaited", &TimeoutError::awaited),
                        Part<TimeoutError, Duration, fields::Nanoseconds>{"bound_ns", &TimeoutError::bound},
                        part("last_state", &TimeoutError::last_state)),
    shape<NotFoundError>("NotFoundError"),
};

}  // namespace

json to_json(const Finding& finding) { return fields::encode(finding); }

json error_to_json(const std::exception& error) {
  json out{{"type", "Error"}};
  std::apply([&](const auto&... shape) { (void)(shape.write(error, out) || ...); }, kShapes);
  const bool is_memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
  out["message"] =
      is_memory ? "there is not enough memory; end something else, or raise ulimit -v or the memory.max of the cgroup"
                : error.what();
  return out;
}

void throw_error(const json& from) {
  std::apply([&](const auto&... shape) { (shape.raise(from), ...); }, kShapes);
  throw Error(from.value("message", "the agent failed without a reason"));
}

}  // namespace xconn::world
