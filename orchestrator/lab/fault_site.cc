#include "lab/fault_site.hh"

#include <csignal>

#include "base/errors.hh"
#include "lab/inventory.hh"
#include "lab/lab.hh"
#include "services/vty.hh"

namespace xconn::lab {
namespace {

constexpr Duration kPatience = std::chrono::seconds{10};  // with a router that says nothing

}  // namespace

const faults::Inventory& FaultSite::inventory() const {
  if (!inventory_) inventory_ = inventory_of(lab_.plan());
  return *inventory_;
}

const sys::Netns& FaultSite::netns(const std::string& node) { return lab_.node(node).netns(); }

void FaultSite::impair(const End& from, const Impairment& impairment) {
  auto whole = impairment;
  if (const auto* link = lab_.plan().find_link(from)) whole.loss = (link->a == from ? link->a_to_b : link->b_to_a).loss;
  lab_.impair(from, whole);
}

void FaultSite::signal(const std::string& node, const std::string& daemon, int number) {
  auto& service = lab_.node(node).services().at(daemon);
  if (number == SIGKILL) service.hold(true);
  service.signal(number);
}

void FaultSite::configure(const std::string& node, const std::vector<std::string>& commands, sys::Pending pending) {
  auto& parts = talks_[node].parts;
  parts.push_back({commands, std::move(pending)});
  if (parts.size() == 1) begin(node);
}

void FaultSite::begin(const std::string& node) {
  auto& talk = talks_[node];
  talk.request =
      services::vty_configure(lab_.loop(), services::vty_socket(node, "bgpd"), talk.parts.front().commands, kPatience,
                              [this, node](const auto& outcome) { ended(node, outcome.failure()); });
  if (!talk.request) ended(node, std::make_exception_ptr(Error("bgpd of " + node + " does not listen")));
}

void FaultSite::ended(const std::string& node, const std::exception_ptr& failure) {
  auto& talk = talks_[node];
  const auto part = std::move(talk.parts.front());
  talk.parts.pop_front();
  talk.request.reset();
  if (failure && part.pending) part.pending->failed(failure);
  if (talk.parts.empty())
    talks_.erase(node);
  else
    begin(node);
}

void FaultSite::restart(const std::string& node, const std::string& daemon) {
  auto& services = lab_.node(node).services();
  services.at(daemon).hold(false);
  services.restart(daemon);
}

}  // namespace xconn::lab
