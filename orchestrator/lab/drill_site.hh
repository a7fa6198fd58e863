// SPDX-License-Identifier: Apache-2.0
// The lab as probes/ and drill/ see it.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "drill/site.hh"

namespace xconn::lab {

class Lab;

class DrillSite : public drill::Site {
 public:
  explicit DrillSite(Lab& lab);
  probes::Endpoint endpoint(const std::string& place) const override;
  probes::Target target(const std::string& place, std::uint8_t protocol, std::uint16_t port) const override;
  std::vector<probes::InterfaceView> interfaces() const override;
  std::string folder() const override;
  sys::Loop& loop() override;
  void inject(const drill::Inject& fault) override;
  void heal(const std::string& name) override;
  std::optional<std::string> unrest() override { return to_rest_(); }
  std::vector<services::Event> events(Duration since) override;
  std::vector<Detection> detections() const override;

 private:
  struct Ended {
    bool yes = false;
    std::exception_ptr failure;
  };
  void await(const std::string& what, const std::shared_ptr<Ended>& ended);

  Lab& lab_;
  std::function<std::optional<std::string>()> to_rest_;
  std::map<std::string, int> injected_;  // the drill's name of a fault -> its number
};

}  // namespace xconn::lab
