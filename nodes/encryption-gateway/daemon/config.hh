// SPDX-License-Identifier: Apache-2.0
// What a daemon of a pair of encryption gateways is told, as nodes/encryption-gateway writes it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "network/encryption.hh"

namespace xconn::encryption {

using Config = network::EncryptionWork;
using Control = network::EncryptionControl;
using Gateway = network::EncryptionGateway;
using Report = network::EncryptionReport;

/// Throws Error that says which field is wrong, and why.
Config parse_config(const nlohmann::json& json);

}  // namespace xconn::encryption
