// SPDX-License-Identifier: Apache-2.0
// The lab as probes/ and drill/ see it.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drill/site.hh"
#include "plan/rehearsed.hh"

namespace xconn::lab {

class Lab;

class DrillSite : public drill::Site {
 public:
  /// `changes`: what each of the drill's commands makes of the lab. `as_it_is`: see RemoteLab::DrillRequest.
  explicit DrillSite(Lab& lab, std::vector<plan::Rehearsed> changes = {}, bool as_it_is = false);
  probes::Endpoint endpoint(const std::string& place) const override;
  probes::Target target(const std::string& place, std::uint8_t protocol, std::uint16_t port) const override;
  std::vector<probes::InterfaceView> interfaces() const override;
  std::string folder() const override;
  sys::Loop& loop() override;
  void inject(const drill::Inject& fault) override;
  void heal(const std::string& name) override;
  std::optional<std::string> change(std::size_t number) override;
  void restore() override;
  std::optional<std::string> unrest() override { return to_rest_(); }
  bool is_in_vain() override;
  std::vector<services::Event> events(Duration since) override;
  std::vector<Detection> detections() const override;

 private:
  struct Ended {
    bool yes = false;
    std::exception_ptr failure;
  };
  void await(const std::string& what, const std::shared_ptr<Ended>& ended);

  std::string topology_file() const;
  void become(const plan::Plan& plan, const std::string& topology);

  Lab& lab_;
  std::vector<plan::Rehearsed> changes_;
  std::optional<plan::Rehearsed> before_;  // what the lab was, once it is something else
  std::function<std::optional<std::string>()> to_rest_, to_vain_;
  bool as_it_is_;
  std::map<std::string, int> injected_;  // the drill's name of a fault -> its number
};

}  // namespace xconn::lab
