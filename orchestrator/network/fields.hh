// The fields of everything in a network.
#pragma once

#include "base/fields.hh"
#include "network/bgp.hh"

namespace xconn::fields {

template <>
struct Table<network::PolicyIn> {
  using Owner = network::PolicyIn;
  static constexpr std::tuple fields{optional_field("accept", &Owner::accept), optional_field("refuse", &Owner::refuse),
                                     optional_field("communities", &Owner::communities),
                                     optional_field("local_preference", &Owner::local_preference)};
};

template <>
struct Table<network::PolicyOut> {
  using Owner = network::PolicyOut;
  static constexpr std::tuple fields{optional_field("announce", &Owner::announce),
                                     optional_field("communities", &Owner::communities),
                                     optional_field("withhold_communities", &Owner::withhold_communities),
                                     optional_field("withhold_asns", &Owner::withhold_asns),
                                     optional_field("set_communities", &Owner::set_communities),
                                     optional_field("prepend", &Owner::prepend)};
};

template <>
struct Table<network::Neighbor> {
  using Owner = network::Neighbor;
  static constexpr std::tuple fields{always("address", &Owner::address),
                                     always("asn", &Owner::asn),
                                     optional_field("password", &Owner::password),
                                     optional_field("source", &Owner::source),
                                     optional_field("bfd", &Owner::bfd),
                                     optional_field("is_far", &Owner::is_far),
                                     optional_field("multihop", &Owner::multihop),
                                     optional_field("passive", &Owner::passive),
                                     optional_field("shutdown", &Owner::shutdown),
                                     optional_field("next_hop_self", &Owner::next_hop_self),
                                     optional_field("route_reflector_client", &Owner::route_reflector_client),
                                     optional_field("remove_private_as", &Owner::remove_private_as),
                                     optional_field("maximum_prefix", &Owner::maximum_prefix),
                                     optional_field("in", &Owner::in),
                                     optional_field("out", &Owner::out)};
};

template <>
struct Table<network::Origin> {
  using Owner = network::Origin;
  static constexpr std::tuple fields{always("prefix", &Owner::prefix),
                                     optional_field("communities", &Owner::communities)};
};

template <>
struct Table<network::BfdTimers> {
  using Owner = network::BfdTimers;
  static constexpr std::tuple fields{always("profile", &Owner::profile), always("interval", &Owner::interval),
                                     always("multiplier", &Owner::multiplier)};
};

template <>
struct Table<network::Speaker> {
  using Owner = network::Speaker;
  static constexpr std::tuple fields{always("asn", &Owner::asn),
                                     optional_field("router_id", &Owner::router_id),
                                     always("keepalive", &Owner::keepalive),
                                     always("hold", &Owner::hold),
                                     always("maximum_paths", &Owner::maximum_paths),
                                     always("bfd", &Owner::bfd),
                                     optional_field("networks", &Owner::networks),
                                     optional_field("neighbors", &Owner::neighbors)};
};

}  // namespace xconn::fields
