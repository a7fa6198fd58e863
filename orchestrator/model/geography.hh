// SPDX-License-Identifier: Apache-2.0
// Where Azure's regions and ExpressRoute's peering locations are: which circuits reach which VNets. What the tables do
// not know reaches everything, so that an invented place is no mistake.
#pragma once

#include <string_view>

namespace xconn::model {

/// Microsoft's geopolitical regions (Microsoft Learn: ExpressRoute peering locations and connectivity partners).
enum class Geography {
  kUnknown,
  kNorthAmerica,
  kSouthAmerica,
  kEurope,
  kAsia,
  kIndia,
  kIsrael,
  kJapan,
  kKorea,
  kOceania,
  kAustraliaGovernment,
  kSouthAfrica,
  kUae,
  kQatar,
};

std::string_view name_of(Geography geography);  ///< "North America"

/// "westeurope" or "West Europe"
Geography geography_of_region(std::string_view region);
/// "Amsterdam", "Amsterdam2" or "Amsterdam Metro"
Geography geography_of_location(std::string_view location);

/// The last digits of the BGP communities 12076:50xxx (private peering) and 12076:51xxx (Microsoft peering) of a
/// region, 0 when this table does not know it (Microsoft Learn: ExpressRoute routing requirements).
int community_of_region(std::string_view region);

enum class LocalReach { kUnknown, kNo, kYes };
/// Whether a circuit of SKU Local at `location` reaches `region`.
LocalReach local_reach(std::string_view location, std::string_view region);

/// Whether both names are spellings of one place: "Silicon Valley2" is not "Silicon Valley".
bool is_same_place(std::string_view a, std::string_view b);

}  // namespace xconn::model
