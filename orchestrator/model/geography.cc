// SPDX-License-Identifier: Apache-2.0
#include "model/geography.hh"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace xconn::model {
namespace {

using enum Geography;

struct Region {
  std::string_view name;
  Geography geography;
};

// Microsoft Learn: ExpressRoute peering locations and connectivity partners, Azure regions to ExpressRoute locations.
constexpr std::array<Region, 47> kRegions{{
    {"eastus", kNorthAmerica},
    {"eastus2", kNorthAmerica},
    {"westus", kNorthAmerica},
    {"westus2", kNorthAmerica},
    {"westus3", kNorthAmerica},
    {"centralus", kNorthAmerica},
    {"northcentralus", kNorthAmerica},
    {"southcentralus", kNorthAmerica},
    {"westcentralus", kNorthAmerica},
    {"canadacentral", kNorthAmerica},
    {"canadaeast", kNorthAmerica},
    {"brazilsouth", kSouthAmerica},
    {"francecentral", kEurope},
    {"francesouth", kEurope},
    {"germanynorth", kEurope},
    {"germanywestcentral", kEurope},
    {"italynorth", kEurope},
    {"northeurope", kEurope},
    {"norwayeast", kEurope},
    {"norwaywest", kEurope},
    {"polandcentral", kEurope},
    {"spaincentral", kEurope},
    {"swedencentral", kEurope},
    {"switzerlandnorth", kEurope},
    {"switzerlandwest", kEurope},
    {"uksouth", kEurope},
    {"ukwest", kEurope},
    {"westeurope", kEurope},
    {"eastasia", kAsia},
    {"southeastasia", kAsia},
    {"centralindia", kIndia},
    {"southindia", kIndia},
    {"westindia", kIndia},
    {"israelcentral", kIsrael},
    {"japaneast", kJapan},
    {"japanwest", kJapan},
    {"koreacentral", kKorea},
    {"koreasouth", kKorea},
    {"australiaeast", kOceania},
    {"australiasoutheast", kOceania},
    {"australiacentral", kAustraliaGovernment},
    {"australiacentral2", kAustraliaGovernment},
    {"southafricanorth", kSouthAfrica},
    {"southafricawest", kSouthAfrica},
    {"uaecentral", kUae},
    {"uaenorth", kUae},
    {"qatarcentral", kQatar},
}};

struct Location {
  std::string_view name;
  Geography geography;
  std::array<std::string_view, 2> local = {};  ///< regions that SKU Local reaches from there
};

// The second site of a metro ("London2") is in the same geography and has the same local regions as the first, but for
// Canberra's.
constexpr std::array<Location, 71> kLocations{{
    {"abudhabi", kUae, {"uaecentral"}},
    {"amsterdam", kEurope, {"westeurope"}},
    {"atlanta", kNorthAmerica},
    {"auckland", kOceania, {"newzealandnorth"}},
    {"bangkok", kAsia},
    {"berlin", kEurope, {"germanynorth"}},
    {"brussels", kEurope},
    {"busan", kKorea, {"koreasouth"}},
    {"campinas", kSouthAmerica, {"brazilsouth"}},
    {"canberra", kAustraliaGovernment, {"australiacentral", "australiacentral2"}},
    {"capetown", kSouthAfrica, {"southafricawest"}},
    {"chennai", kIndia, {"southindia"}},
    {"chicago", kNorthAmerica, {"northcentralus"}},
    {"copenhagen", kEurope},
    {"dallas", kNorthAmerica},
    {"denver", kNorthAmerica, {"westcentralus"}},
    {"doha", kQatar, {"qatarcentral"}},
    {"dubai", kUae, {"uaenorth"}},
    {"dublin", kEurope, {"northeurope"}},
    {"frankfurt", kEurope, {"germanywestcentral"}},
    {"geneva", kEurope, {"switzerlandwest"}},
    {"hongkong", kAsia, {"eastasia"}},
    {"jakarta", kAsia, {"indonesiacentral"}},
    {"johannesburg", kSouthAfrica, {"southafricanorth"}},
    {"kualalumpur", kAsia, {"malaysiawest"}},
    {"lasvegas", kNorthAmerica},
    {"london", kEurope, {"uksouth"}},
    {"losangeles", kNorthAmerica},
    {"madrid", kEurope, {"spaincentral"}},
    {"marseille", kEurope, {"francesouth"}},
    {"melbourne", kOceania, {"australiasoutheast"}},
    {"miami", kNorthAmerica},
    {"milan", kEurope, {"italynorth"}},
    {"minneapolis", kNorthAmerica},
    {"montreal", kNorthAmerica},
    {"mumbai", kIndia, {"westindia"}},
    {"munich", kEurope},
    {"newport", kEurope, {"ukwest"}},
    {"newportwales", kEurope, {"ukwest"}},
    {"newyork", kNorthAmerica},
    {"osaka", kJapan, {"japanwest"}},
    {"oslo", kEurope, {"norwayeast"}},
    {"paris", kEurope, {"francecentral"}},
    {"perth", kOceania},
    {"phoenix", kNorthAmerica, {"westus3"}},
    {"portland", kNorthAmerica, {"westus2"}},
    {"pune", kIndia, {"centralindia"}},
    {"quebeccity", kNorthAmerica, {"canadaeast"}},
    {"queretaro", kNorthAmerica, {"mexicocentral"}},
    {"queretaromexico", kNorthAmerica, {"mexicocentral"}},
    {"quincy", kNorthAmerica, {"westus2"}},
    {"riodejaneiro", kSouthAmerica, {"brazilsoutheast"}},
    {"sanantonio", kNorthAmerica, {"southcentralus"}},
    {"santiago", kSouthAmerica},
    {"saopaulo", kSouthAmerica, {"brazilsouth"}},
    {"seattle", kNorthAmerica, {"westus2"}},
    {"seoul", kKorea, {"koreacentral"}},
    {"siliconvalley", kNorthAmerica, {"westus"}},
    {"singapore", kAsia, {"southeastasia"}},
    {"stavanger", kEurope, {"norwaywest"}},
    {"stockholm", kEurope, {"swedencentral"}},
    {"sydney", kOceania, {"australiaeast"}},
    {"taipei", kAsia, {"taiwannorth"}},
    {"telaviv", kIsrael, {"israelcentral"}},
    {"tokyo", kJapan, {"japaneast"}},
    {"toronto", kNorthAmerica, {"canadacentral"}},
    {"vancouver", kNorthAmerica},
    {"vienna", kEurope},
    {"warsaw", kEurope, {"polandcentral"}},
    {"washingtondc", kNorthAmerica, {"eastus", "eastus2"}},
    {"zurich", kEurope, {"switzerlandnorth"}},
}};

/// "West Europe" -> "westeurope"
std::string spelling(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

const Location* find_location(std::string_view location) {
  auto name = spelling(location);
  while (!name.empty() && std::isdigit(static_cast<unsigned char>(name.back())) != 0) name.pop_back();
  constexpr std::string_view kMetro = "metro";
  if (name.ends_with(kMetro)) name.resize(name.size() - kMetro.size());
  const auto* at =
      std::find_if(kLocations.begin(), kLocations.end(), [&](const Location& one) { return one.name == name; });
  return name.empty() || at == kLocations.end() ? nullptr : at;
}

}  // namespace

std::string_view name_of(Geography geography) {
  constexpr std::array<std::string_view, 14> kNames{
      "an unknown region", "North America", "South America",        "Europe",       "Asia", "India", "Israel", "Japan",
      "South Korea",       "Oceania",       "Australia Government", "South Africa", "UAE",  "Qatar"};
  return kNames[static_cast<std::size_t>(geography)];
}

Geography geography_of_region(std::string_view region) {
  const auto name = spelling(region);
  const auto* at = std::find_if(kRegions.begin(), kRegions.end(), [&](const Region& one) { return one.name == name; });
  return at == kRegions.end() ? kUnknown : at->geography;
}

int community_of_region(std::string_view region) {
  constexpr std::pair<std::string_view, int> kNumbers[] = {
      {"westeurope", 2}, {"northeurope", 3},    {"eastus", 4},       {"eastus2", 5},  {"westus", 6},
      {"eastasia", 10},  {"southeastasia", 11}, {"japaneast", 12},   {"uksouth", 24}, {"ukwest", 25},
      {"westus2", 26},   {"francecentral", 30}, {"spaincentral", 57}};
  const auto name = spelling(region);
  const auto* at =
      std::find_if(std::begin(kNumbers), std::end(kNumbers), [&](const auto& one) { return one.first == name; });
  return at == std::end(kNumbers) ? 0 : at->second;
}

Geography geography_of_location(std::string_view location) {
  const auto* found = find_location(location);
  return found == nullptr ? kUnknown : found->geography;
}

LocalReach local_reach(std::string_view location, std::string_view region) {
  const auto* found = find_location(location);
  const auto name = spelling(region);
  if (found == nullptr || name.empty()) return LocalReach::kUnknown;
  if (std::find(found->local.begin(), found->local.end(), name) != found->local.end()) return LocalReach::kYes;
  return geography_of_region(region) == kUnknown ? LocalReach::kUnknown : LocalReach::kNo;
}

bool is_same_place(std::string_view a, std::string_view b) { return spelling(a) == spelling(b); }

}  // namespace xconn::model
