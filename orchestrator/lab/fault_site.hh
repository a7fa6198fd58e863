// SPDX-License-Identifier: Apache-2.0
// The lab as faults/ sees it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "faults/site.hh"
#include "services/vici.hh"

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
  void set_psk(const faults::Tunnel& tunnel, const std::optional<std::string>& psk, sys::Pending pending) override;
  void end_sas(const faults::Tunnel& tunnel, sys::Pending pending) override;
  void restart(const std::string& node, const std::string& daemon) override;

 private:
  void ask(const faults::Tunnel& tunnel, const std::string& command, const nlohmann::json& message,
           const sys::Pending& pending);

  Lab& lab_;
  std::map<std::string, std::unique_ptr<services::ViciClient>> charons_;  // by node, kept for their answers
  int last_edit_ = 0;
  mutable std::optional<faults::Inventory> inventory_;  // read from the plan when first asked for
};

}  // namespace xconn::lab
