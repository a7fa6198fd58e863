// The lab as probes/ and drill/ see it.
#pragma once

#include <map>
#include <string>

#include "drill/site.hh"

namespace xconn::lab {

class Lab;

class DrillSite : public drill::Site {
 public:
  explicit DrillSite(Lab& lab) : lab_(lab) {}
  probes::Endpoint endpoint(const std::string& place) const override;
  std::vector<probes::InterfaceView> interfaces() const override;
  sys::Loop& loop() override;
  void inject(const drill::Inject& fault) override;
  void heal(const std::string& name) override;
  std::optional<std::string> unsettled() override;
  std::vector<services::Event> events(Duration since) override;
  std::vector<Detection> detections() const override;

 private:
  Lab& lab_;
  std::map<std::string, int> injected_;  // the drill's name of a fault -> its number
};

}  // namespace xconn::lab
