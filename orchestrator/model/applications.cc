// SPDX-License-Identifier: Apache-2.0
#include "model/applications.hh"

#include <strings.h>

#include <algorithm>

namespace xconn::model {
namespace {

constexpr std::string_view kApplications[] = {
#include "application_names.inc"
};

bool is_same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

std::span<const std::string_view> applications() { return kApplications; }

bool is_application(std::string_view name) {
  return std::ranges::any_of(applications(), [&](std::string_view known) { return is_same(known, name); });
}

}  // namespace xconn::model
