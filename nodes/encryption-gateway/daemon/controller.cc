// SPDX-License-Identifier: Apache-2.0
#include "nodes/encryption-gateway/daemon/controller.hh"

#include <netinet/in.h>
#include <sys/socket.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "sys/clock.hh"

namespace xconn::encryption {
namespace {

using nlohmann::json;

constexpr Duration kTick = std::chrono::milliseconds(100);
constexpr std::uint32_t kUserMetric = 10;  // of a user's route in the fabric

sys::Fd listen() {
  sys::Fd fd(sys::check(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "open socket"));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kKeepalivePort);
  sys::check(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), "listen for keepalives");
  return fd;
}

std::vector<std::string> names_of(const std::vector<Gateway>& gateways) {
  std::vector<std::string> names;
  for (const auto& gateway : gateways) names.push_back(gateway.name);
  return names;
}

long long milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

Controller::Controller(sys::Loop& loop, Control control)
    : control_(std::move(control)),
      roster_(names_of(control_.gateways), control_.detection, sys::now()),
      fabric_(sys::Netns::open(control_.fabric_netns), "the fabric"),
      socket_(listen()),
      loop_(loop) {}

void Controller::start(Tell tell) {
  tell_ = std::move(tell);
  watch_ = sys::Watch(loop_, socket_.get(), [this] { readable(); });
  ticks_ = sys::Timer::every(loop_, kTick, [this] { decide(); });
}

/// A keepalive is its gateway's name.
void Controller::readable() {
  char buffer[256];
  for (ssize_t size = 0; (size = ::recv(socket_.get(), buffer, sizeof buffer, 0)) >= 0;)
    roster_.heard(std::string(buffer, static_cast<std::size_t>(size)), sys::now());
  decide();
}

void Controller::decide() {
  const auto chosen = roster_.chosen(sys::now());
  if (!chosen || chosen == chosen_ || !roster_.has_reported(*chosen)) return;
  const auto& gateway = control_.gateways[*chosen];
  const auto before = std::exchange(chosen_, chosen);
  write_routes(gateway);
  if (before)
    tell_("chosen", "routes point at " + gateway.name + " (" + gateway.address.text() + "), no longer at " +
                        control_.gateways[*before].name);
}

void Controller::write_routes(const Gateway& gateway) {
  kernel::Batch batch;
  for (const auto& route_table : control_.route_tables)
    for (const auto table : route_table.tables)
      for (const auto& network : control_.networks) {
        Route route;
        route.to = network;
        route.next_hops.push_back({gateway.address, gateway.fabric_interface, true});
        route.table = table;
        route.metric = kUserMetric;
        batch.push_back(kernel::route_replace(route));
      }
  fabric_.commit(batch);
}

json Controller::state() const {
  const auto now = sys::now();
  json gateways = json::array(), tables = json::array();
  for (std::size_t i = 0; i < control_.gateways.size(); ++i)
    gateways.push_back({{"name", control_.gateways[i].name},
                        {"address", control_.gateways[i].address.text()},
                        {"alive", roster_.alive(i, now)},
                        {"silence_ms", milliseconds(roster_.silence(i, now))}});
  for (const auto& table : control_.route_tables) tables.push_back(table.name);
  return {{"chosen", chosen_ ? json(control_.gateways[*chosen_].name) : json()},
          {"gateways", gateways},
          {"route_tables", tables}};
}

}  // namespace xconn::encryption
