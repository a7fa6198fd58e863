// SPDX-License-Identifier: Apache-2.0
// The lab as faults/ sees it.
#pragma once

#include <optional>
#include <string>

#include "faults/site.hh"

namespace xconn::lab {

class Lab;

class FaultSite : public faults::Site {
 public:
  explicit FaultSite(Lab& lab) : lab_(lab) {}
  const faults::Inventory& inventory() const override;
  void forget_inventory() { inventory_.reset(); }  ///< the plan is another now
  const sys::Netns& netns(const std::string& node) override;
  void impair(const End& from, const Impairment& impairment) override;
  void signal(const std::string& node, const std::string& daemon, int number) override;
  int edit(const std::string& node, network::SpeakerEdit edit, sys::Pending pending) override;
  void undo_edit(const std::string& node, int number, sys::Pending pending) override;
  int overlay(const faults::Tunnel& tunnel, std::string lines, bool ends_sas, sys::Pending pending) override;
  void take_back(const faults::Tunnel& tunnel, int number, sys::Pending pending) override;
  int edit_probe(const faults::Daemon& balancer, network::ProbeEdit edit, sys::Pending pending) override;
  void undo_probe(const faults::Daemon& balancer, int number, sys::Pending pending) override;
  void restart(const std::string& node, const std::string& daemon) override;

 private:
  Lab& lab_;
  int last_edit_ = 0;
  mutable std::optional<faults::Inventory> inventory_;  // read from the plan when first asked for
};

}  // namespace xconn::lab
