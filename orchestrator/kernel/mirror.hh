// SPDX-License-Identifier: Apache-2.0
// Executes a RouteMirror: keeps copies of one protocol's routes of one table in other tables.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/wiring.hh"
#include "sys/netns.hh"

namespace xconn::sys {
class Loop;
}

namespace xconn::kernel {

/// Where a mirror reads: the namespace whose table it copies, and its name in errors.
struct MirrorSource {
  const sys::Netns& netns;
  const std::string& name;
};

/// Copies at construction, then after every change, until destroyed (the copies stay: they go with the namespace).
/// Changes are gathered: source and copies are read and compared as wholes, so it cannot drift. Move-only.
class RouteMirror {
 public:
  /// From tables of `netns` to tables of `netns`.
  RouteMirror(sys::Loop& loop, const sys::Netns& netns, const std::string& netns_name,
              const xconn::RouteMirror& mirror);
  /// From tables of `source` to tables of `netns`.
  RouteMirror(sys::Loop& loop, const MirrorSource& source, const sys::Netns& netns, const std::string& netns_name,
              const xconn::RouteMirror& mirror);
  RouteMirror(RouteMirror&&) noexcept;
  RouteMirror& operator=(RouteMirror&&) noexcept;
  ~RouteMirror();

  /// Why it is not at rest: routes are still to be copied, or to be taken away late, or the kernel refused one (it is
  /// tried again until it takes it).
  std::optional<std::string> unrest() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace xconn::kernel
