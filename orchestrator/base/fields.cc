// SPDX-License-Identifier: Apache-2.0
#include "base/fields.hh"

#include <set>

namespace xconn::fields {
namespace {

/// What was not asked for yet.
using Keys = std::set<std::string>;

void encode_into(Json& json, ErasedFields fields, const void* object, const void* blank) {
  for (const auto& field : fields) {
    if (field.part != nullptr)
      encode_into(json, field.part(), field.inside(object), field.inside(blank));
    else if (field.required || !field.same(object, blank))
      json[field.name] = field.encode(object);
  }
}

void check_bounds(const ErasedField& field, const void* object) {
  const auto measured = field.measure == nullptr ? std::nullopt : field.measure(object);
  if (measured && (*measured < static_cast<double>(field.low) || *measured > static_cast<double>(field.high)))
    refuse("is " + std::to_string(field.low) + " to " + std::to_string(field.high));
}

void decode_value(const ErasedField& field, const Json& value, void* object) {
  try {
    field.decode(value, object);
    check_bounds(field, object);
  } catch (...) {
    rethrow_at(field.name);
  }
}

void decode_field(const ErasedField& field, const Json& json, void* object, Keys& unknown) {
  unknown.erase(field.name);
  if (field.decode == nullptr) return;
  const auto found = json.find(field.name);
  if (found != json.end())
    decode_value(field, *found, object);
  else if (field.required)
    throw FieldError(field.name, "is required");
}

void decode_from(const Json& json, ErasedFields fields, void* object, Keys& unknown) {
  for (const auto& field : fields) {
    if (field.part != nullptr)
      decode_from(json, field.part(), const_cast<void*>(field.inside(object)),
                  unknown);  // of an object that is not const
    else
      decode_field(field, json, object, unknown);
  }
}

}  // namespace

FieldError::FieldError(std::string path, std::string rule)
    : Error(path.empty() ? rule : path + ": " + rule), path_(std::move(path)), rule_(std::move(rule)) {}

FieldError FieldError::below(const std::string& parent) const {
  return {parent + (path_.empty() || path_.front() == '[' ? "" : ".") + path_, rule_};
}

void refuse(std::string rule) { throw FieldError({}, std::move(rule)); }

void rethrow_at(const std::string& path) {
  try {
    throw;
  } catch (const FieldError& error) {
    throw error.below(path);
  } catch (const Json::exception&) {
    throw FieldError(path, "has the wrong type");
  }
}

Json encode_fields(ErasedFields fields, const void* object, const void* blank) {
  Json json = Json::object();
  encode_into(json, fields, object, blank);
  return json;
}

void decode_fields(ErasedFields fields, const Json& json, void* object) {
  if (!json.is_object()) refuse("is an object");
  Keys unknown;
  for (const auto& [key, value] : json.items()) unknown.insert(key);
  decode_from(json, fields, object, unknown);
  if (!unknown.empty()) throw FieldError(*unknown.begin(), "is no field here");
}

}  // namespace xconn::fields
