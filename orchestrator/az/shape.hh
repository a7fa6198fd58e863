// SPDX-License-Identifier: Apache-2.0
// What older versions of `az` print differently: in 2021 each field that has no value was printed as null, AS numbers
// were called azureAsn and peerAsn, a circuit's route table was a bare list without preferences.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace xconn::az {

/// `command` is its path.
nlohmann::json as_in_2021(nlohmann::json value, std::string_view command);

}  // namespace xconn::az
