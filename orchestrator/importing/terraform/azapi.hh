// SPDX-License-Identifier: Apache-2.0
// Terraform's azapi provider: ARM itself, in `body`.
#pragma once

#include <optional>
#include <string>

#include "importing/resources/resource.hh"
#include "importing/text/notes.hh"

namespace xconn::importing {

bool is_azapi(std::string_view type);

/// Its id where the values say it. `parent` is what its `parent_id` names, when that is known.
std::optional<ResourceId> azapi_id(const model::Raw& values, const std::optional<ResourceId>& parent);

/// Its body, an object or JSON in a text, without what `unknown` says is not known: that is noted, but for an id that
/// can only be `only_reference`.
model::RawPtr azapi_body(const model::Raw& values, const model::Raw* unknown, const std::string& address,
                         const std::optional<ResourceId>& only_reference, Notes& notes);

}  // namespace xconn::importing
