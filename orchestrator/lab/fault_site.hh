// The lab as faults/ sees it.
#pragma once

#include <optional>

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
  void configure(const std::string& node, const std::vector<std::string>& section,
                 const std::vector<std::string>& lines) override;
  void restart(const std::string& node, const std::string& daemon) override;

 private:
  Lab& lab_;
  mutable std::optional<faults::Inventory> inventory_;  // read from the plan when first asked for
};

}  // namespace xconn::lab
