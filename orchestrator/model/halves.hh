// SPDX-License-Identifier: Apache-2.0
// The halves of VNet peerings in a document.
#pragma once

#include <string>
#include <vector>

#include "base/address.hh"
#include "model/document.hh"

namespace xconn::model {

/// Writes a key of one half, which may be written as the other VNet's name alone.
void put_in_half(Document& document, const std::string& vnet, const std::string& half, const char* key,
                 const RawPtr& value);
/// This half knows the other VNet's address space as this.
void put_known_space(Document& document, const std::string& vnet, const std::string& half,
                     const std::vector<Prefix>& space);
/// From now on it knows it as it is.
void sync_half(Document& document, const std::string& vnet, const std::string& half);

}  // namespace xconn::model
