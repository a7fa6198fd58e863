// SPDX-License-Identifier: Apache-2.0
#include "lab/ask.hh"

#include <linux/neighbour.h>

#include <map>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "kernel/dump.hh"
#include "lab/lab.hh"
#include "lab/verbs.hh"
#include "services/nftables.hh"
#include "services/vty.hh"
#include "sys/clock.hh"
#include "sys/join.hh"

namespace xconn::lab {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kAnswerPatience{2};  // with a daemon that does not answer

std::string neighbour_state(std::uint16_t state) {
  static const std::map<std::uint16_t, std::string> kStates{
      {NUD_INCOMPLETE, "incomplete"}, {NUD_REACHABLE, "reachable"}, {NUD_STALE, "stale"},
      {NUD_DELAY, "delay"},           {NUD_PROBE, "probe"},         {NUD_FAILED, "failed"},
      {NUD_NOARP, "no-arp"},          {NUD_PERMANENT, "permanent"}};
  const auto found = kStates.find(state);
  return found == kStates.end() ? "none" : found->second;
}

json read_neighbours(Lab&, Node& node, const std::string&) {
  auto out = json::array();
  for (const auto& one : kernel::Reader(node.netns(), node.name()).neighbours())
    out.push_back({{"interface", one.interface},
                   {"address", one.address.text()},
                   {"mac", one.mac ? one.mac->text() : ""},
                   {"state", neighbour_state(one.state)},
                   {"confirmed_ms", one.confirmed / std::chrono::milliseconds{1}}});
  return out;
}

json read_links(Lab&, Node& node, const std::string&) {
  const kernel::Reader reader(node.netns(), node.name());
  std::map<std::string, json> addresses;
  for (const auto& one : reader.addresses()) addresses[one.interface].push_back(one.address.text());
  auto out = json::array();
  for (const auto& link : reader.links())
    out.push_back({{"name", link.name},
                   {"up", link.up},
                   {"carrier", link.carrier},
                   {"mac", link.mac ? link.mac->text() : ""},
                   {"addresses", addresses.contains(link.name) ? addresses[link.name] : json::array()},
                   {"rx_bytes", link.statistics.rx_bytes},
                   {"tx_bytes", link.statistics.tx_bytes}});
  return out;
}

json next_hops_json(const Route& route) {
  auto out = json::array();
  for (const auto& hop : route.next_hops)
    out.push_back({{"via", hop.via ? hop.via->text() : ""}, {"interface", hop.interface}});
  return out;
}

json read_routes(Lab&, Node& node, const std::string& table) {
  static constexpr const char* kKinds[] = {"unicast", "blackhole", "unreachable", "throw"};
  auto out = json::array();
  const kernel::Reader reader(node.netns(), node.name());
  const auto routes =
      table.empty() ? reader.all_routes() : reader.routes(static_cast<std::uint32_t>(std::stoul(table)));
  for (const auto& [route, protocol] : routes)
    out.push_back({{"to", route.to.text()},
                   {"table", route.table},
                   {"kind", kKinds[static_cast<std::size_t>(route.kind)]},
                   {"metric", route.metric},
                   {"protocol", protocol},
                   {"next_hops", next_hops_json(route)}});
  return out;
}

json read_nft(Lab&, Node& node, const std::string& text) { return services::read_ruleset(node.netns(), text); }

json read_events(Lab& lab, Node& node, const std::string& source) {
  auto out = json::array();
  const auto now = sys::now();
  for (auto reading = lab.events().read(); const auto event = reading.next();)
    if (event->node == node.name() && event->source == source)
      out.push_back({{"age_ns", (now - event->at).count()}, {"text", event->text}});
  return out;
}

using Read = json (*)(Lab&, Node&, const std::string& text);

/// What is there at once; "vty" and "service" have to wait for somebody.
const std::map<std::string, Read>& readings() {
  static const std::map<std::string, Read> kReadings{{"neighbours", read_neighbours},
                                                     {"links", read_links},
                                                     {"routes", read_routes},
                                                     {"nft", read_nft},
                                                     {"events", read_events}};
  return kReadings;
}

json failed(const std::string& words) { return {{"error", words}}; }

/// A daemon that refuses says so in plain words.
json parsed(const std::string& text) {
  auto value = json::parse(text, nullptr, false);
  if (value.is_discarded()) throw Error(text);
  return value;
}

/// Whoever still has a question to answer holds it.
struct Asking {
  Asking(Lab& its_lab, const std::shared_ptr<Reply>& to, const json& questions) : lab(its_lab) {
    for (const auto& question : questions) answers->push_back(failed(question.dump() + ": no answer"));
    all = sys::Join::begin(lab.loop(), [to, answers = answers](const auto&) {
      conclude(*to, [&] { return json{{"answers", *answers}}; });
    });
  }

  void put(std::size_t index, const json& question) {
    auto& node = lab.node(question.at("node"));
    const auto what = question.at("what").get<std::string>(), text = question.value("text", "");
    if (what == "vty") return ask_bgpd(index, node.name(), text);
    if (what == "service") return ask_service(index, node.services().at(text));
    const auto reading = readings().find(what);
    if (reading == readings().end()) throw NotFoundError("nothing called " + what + " can be asked");
    (*answers)[index] = {{"answer", reading->second(lab, node, text)}};
  }

  void ask_bgpd(std::size_t index, const std::string& node, const std::string& command) {
    const auto kept = std::make_shared<std::shared_ptr<void>>();  // by its own callback, until that is called
    *kept = services::vty_ask(lab.loop(), services::vty_socket(node, "bgpd"), command, kAnswerPatience,
                              [kept, all = all, answers = answers, index](sys::Outcome<std::string> reply) {
                                (*answers)[index] = answer_of([&] { return parsed(reply.get()); });
                                kept->reset();
                              });
    if (!*kept) (*answers)[index] = failed(node + ": bgpd does not listen");
  }

  void ask_service(std::size_t index, services::Service& service) const {
    service.state(kAnswerPatience, [all = all, answers = answers, index](sys::Outcome<json> state) {
      (*answers)[index] = answer_of([&] { return state.get(); });
    });
  }

  static json answer_of(const std::function<json()>& read) try {
    return {{"answer", read()}};
  } catch (const std::exception& error) {
    return failed(error.what());
  }

  Lab& lab;
  std::shared_ptr<json> answers = std::make_shared<json>(json::array());
  std::shared_ptr<sys::Join> all;
};

}  // namespace

void ask(Lab& lab, const json& questions, const std::shared_ptr<Reply>& to) {
  if (!questions.is_array()) throw Error("questions are a list");
  Asking asking(lab, to, questions);
  for (std::size_t i = 0; i < questions.size(); ++i) try {
      asking.put(i, questions[i]);
    } catch (const std::exception& error) {
      (*asking.answers)[i] = failed(error.what());
    }
}

}  // namespace xconn::lab
