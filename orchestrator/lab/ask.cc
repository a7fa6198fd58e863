#include "lab/ask.hh"

#include <linux/neighbour.h>

#include <map>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "kernel/dump.hh"
#include "lab/lab.hh"
#include "lab/verbs.hh"
#include "services/nftables.hh"
#include "services/stream.hh"
#include "services/vty.hh"
#include "sys/clock.hh"

namespace xconn::lab {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kPatience{2};  // with a daemon that does not answer

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
  for (const auto& event : lab.events().since(std::chrono::nanoseconds{0}))
    if (event.node == node.name() && event.source == source)
      out.push_back({{"age_ns", (now - event.at).count()}, {"text", event.text}});
  return out;
}

json read_service(Lab&, Node& node, const std::string& name) { return node.services().at(name).state(); }

using Read = json (*)(Lab&, Node&, const std::string& text);

/// What is there at once; "vty" alone has to wait for somebody.
const std::map<std::string, Read>& readings() {
  static const std::map<std::string, Read> kReadings{{"neighbours", read_neighbours}, {"links", read_links},
                                                     {"routes", read_routes},         {"nft", read_nft},
                                                     {"events", read_events},         {"service", read_service}};
  return kReadings;
}

json failed(const std::string& words) { return {{"error", words}}; }

/// Lives until the last daemon has answered, or its patience ends.
struct Asking : std::enable_shared_from_this<Asking> {
  Asking(Lab& its_lab, std::shared_ptr<Reply> reply) : lab(its_lab), to(std::move(reply)) {}

  void begin(const json& questions) {
    for (const auto& question : questions)
      answers.push_back(failed(question.at("node").get<std::string>() + ": no answer"));
    self = shared_from_this();
    for (std::size_t i = 0; i < questions.size(); ++i) put(i, questions[i]);
    timer = sys::Timer::once(lab.loop(), kPatience, [this] { finish(); });
    finish_if_done();
  }

  void put(std::size_t index, const json& question) {
    try {
      auto& node = lab.node(question.at("node"));
      const auto what = question.at("what").get<std::string>(), text = question.value("text", "");
      if (what == "vty") return ask_bgpd(index, node.name(), text);
      const auto reading = readings().find(what);
      if (reading == readings().end()) throw NotFoundError("nothing called " + what + " can be asked");
      answers[index] = {{"answer", reading->second(lab, node, text)}};
    } catch (const Error& error) {
      answers[index] = failed(error.what());
    }
  }

  void ask_bgpd(std::size_t index, const std::string& node, const std::string& command) {
    auto stream = services::vty_ask(lab.loop(), services::vty_socket(node, "bgpd"), command,
                                    [this, index](services::VtyReply reply) { replied(index, reply); });
    if (stream)
      streams[index] = std::move(stream);
    else
      answers[index] = failed(node + ": bgpd does not listen");
  }

  void replied(std::size_t index, const services::VtyReply& reply) {
    const auto value = json::parse(reply.text, nullptr, false);
    answers[index] = value.is_discarded() || reply.status != 0 ? failed(reply.text) : json{{"answer", value}};
    streams.erase(index);
    finish_if_done();
  }

  void finish_if_done() {
    if (streams.empty()) finish();
  }
  void finish() {
    if (const auto last = std::move(self)) to->result({{"answers", answers}});
  }

  Lab& lab;
  std::shared_ptr<Reply> to;
  json answers = json::array();
  std::map<std::size_t, std::unique_ptr<services::Stream>> streams;
  sys::Timer timer;
  std::shared_ptr<Asking> self;
};

}  // namespace

void ask(Lab& lab, const json& questions, const std::shared_ptr<Reply>& to) {
  std::make_shared<Asking>(lab, to)->begin(questions);
}

}  // namespace xconn::lab
