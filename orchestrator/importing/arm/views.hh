// SPDX-License-Identifier: Apache-2.0
// A declared resource as reference() sees it: with what Azure adds, ids of its parts and addresses.
#pragma once

#include <memory>
#include <string>

#include "importing/resources/resource.hh"

namespace xconn::importing {

/// An empty map, at a place.
std::shared_ptr<model::Raw> map_at(const model::Position& at);

/// Unless the key is there already.
void put(model::Raw& map, const std::string& key, model::RawPtr value);

/// Parts without an address get open_address().
model::RawPtr with_ids(const model::Raw& body, const ResourceId& id);

}  // namespace xconn::importing
