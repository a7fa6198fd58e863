// SPDX-License-Identifier: Apache-2.0
#include "lab/verbs.hh"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/errors.hh"
#include "drill/drill.hh"
#include "drill/report.hh"
#include "lab/ask.hh"
#include "lab/changing.hh"
#include "lab/drill_site.hh"
#include "lab/inspect.hh"
#include "lab/lab.hh"
#include "lab/rehearsal.hh"
#include "sys/clock.hh"
#include "sys/debug_log.hh"
#include "sys/file.hh"

namespace xconn::lab {
namespace {

using nlohmann::json;
using To = std::shared_ptr<Reply>;

/// {"words": ["loss", "hq-fgt:er", "30%", "--for", "20s"]} -> {"id": 1}
void do_fault(Lab& lab, const json& request, const To& to) {
  lab.faults().apply(faults::parse(request.at("words").get<std::vector<std::string>>()), [to](sys::Outcome<int> id) {
    conclude(*to, [&] { return json{{"id", id.get()}}; });
  });
}

/// {"id": 1}, or nothing for all -> {"healed": [1, 2]}
void do_heal(Lab& lab, const json& request, const To& to) {
  auto healed = json::array();
  const auto answer = [&] {
    return [to, healed](const std::exception_ptr& failure) {
      conclude(*to, [&] {
        if (failure) std::rethrow_exception(failure);
        return json{{"healed", healed}};
      });
    };
  };
  if (request.contains("id")) {
    healed.push_back(request["id"]);
    return lab.faults().heal(request["id"], answer());
  }
  for (const auto& fault : lab.faults().list()) healed.push_back(fault.id);
  lab.faults().heal_all(answer());
}

void do_faults(Lab& lab, const json&, const To& to) { to->result(inspect_faults(lab)); }

/// Waits until nothing is missing; its own timer, not a wait of the loop.
struct Settling {
  using Missing = std::function<std::optional<std::string>()>;
  Missing missing;
  std::string awaited;
  To to;
  Duration deadline, bound;
  sys::Timer timer;
  std::function<void()> give_up = {};  ///< at the deadline, in place of an error
  std::function<json()> result = {};   ///< of the verb

  static void begin(
      Lab& lab, const To& to, Duration bound, std::string awaited, Missing missing, std::function<void()> give_up = {},
      std::function<json()> result = [] { return json::object(); }) {
    auto settling = std::make_shared<Settling>(Settling{std::move(missing),
                                                        std::move(awaited),
                                                        to,
                                                        sys::now() + bound,
                                                        bound,
                                                        {},
                                                        std::move(give_up),
                                                        std::move(result)});
    settling->timer = sys::Timer::every(lab.loop(), std::chrono::milliseconds{20}, [settling] { settling->look(); });
  }
  static void begin(Lab& lab, const To& to, Duration bound) {
    begin(lab, to, bound, "the lab to converge", lab.to_rest());
  }
  void look() {
    std::optional<std::string> what;
    try {
      what = missing();
    } catch (const ServiceError& error) {  // it cannot come: nobody is kept waiting
      return end([&] { to->error(error); });
    } catch (const std::exception& error) {
      what = error.what();
    }
    if (what && sys::now() < deadline && to->client_is_there()) return;
    if (what && give_up) give_up();
    if (what && !give_up) return end([&] { to->error(TimeoutError(awaited, bound, *what)); });
    end([&] { conclude(*to, result); });
  }
  void end(const std::function<void()>& answer) {
    answer();
    timer = {};  // the last owner: this object ends with the callback
  }
};

bool have_answered(Lab& lab, std::chrono::nanoseconds since) {
  bool all = true;
  for (const auto& node : lab.nodes()) all = node->services().have_answered(since) && all;
  return all;
}

/// Facts are looked up in what the daemons said last, which may be long ago: all are asked first. Those that do not
/// answer in time (a frozen one) are not waited for.
void inspect_whole(Lab& lab, const To& to) {
  const auto began = sys::now();
  const auto unanswered = [&lab, began]() -> std::optional<std::string> {
    if (have_answered(lab, began)) return std::nullopt;
    return "a daemon has not answered";
  };
  const auto result = [&lab] { return inspect(lab); };
  if (!unanswered()) return to->result(result());  // there is none to ask
  Settling::begin(
      lab, to, kInspectPatience, "the daemons to answer", unanswered, [] {}, result);
}

void do_inspect(Lab& lab, const json& request, const To& to) {
  if (!request.contains("node")) return inspect_whole(lab, to);
  inspect_node(lab, request["node"], [to](const json& node) { conclude(*to, [&] { return node; }); });
}

/// {"bound_ms": 60000} -> {}
void do_wait(Lab& lab, const json& request, const To& to) {
  Settling::begin(lab, to, std::chrono::milliseconds{request.value("bound_ms", 60000)});
}

/// {"node", "daemon" (left out: all of the node's), "bound_ms"} -> {}, once they serve again
void do_restart(Lab& lab, const json& request, const To& to) {
  const auto node = request.at("node").get<std::string>();
  lab.restart(node, request.value("daemon", ""));
  Settling::begin(lab, to, std::chrono::milliseconds{request.value("bound_ms", 60000)},
                  "the daemons of " + node + " to serve", [&lab, node] { return lab.missing_of(node); });
}

/// Tells the events of a reading, then `last`, or where there is no last word each new event. The client owns it.
void tell_events(Lab& lab, const To& to, EventLog::Reading events, std::optional<json> last) {
  struct Story {
    EventLog::Reading events;
    std::optional<json> last;
    std::shared_ptr<void> listening;
  };
  auto story = std::make_shared<Story>(Story{std::move(events), std::move(last), {}});
  if (!story->last) story->listening = lab.events().listen([to](const Event&) { to->more(); });
  to->tell([story]() -> std::optional<json> {
    if (const auto event = story->events.next()) return json{{"progress", to_json(*event)}};
    return std::exchange(story->last, std::nullopt);
  });
}

/// Anything else would empty the lab, or make it another one under the old one's name.
void demand_same_lab(const Lab& lab, const plan::Plan& plan) {
  const auto& name = lab.plan().lab;
  if (plan.lab != name)
    throw Error("lab " + name + " cannot become lab '" + plan.lab + "': a change keeps the lab's name");
  if (plan.nodes.empty()) throw Error("the plan for lab " + name + " has no nodes; to end the lab: xconn down " + name);
}

std::vector<plan::Rehearsed> changes_of(const Lab& lab, const drill::Drill& drill, const json& request) {
  std::vector<plan::Rehearsed> changes;
  for (const auto& change : request.value("changes", json::array())) {
    changes.push_back(plan::rehearsed_from_json(change));
    if (changes.back().refusal.empty()) demand_same_lab(lab, changes.back().plan);
  }
  if (const auto wanted = drill::commands_of(drill).size(); changes.size() != wanted)
    throw Error(fmt::format("drill {} changes objects {} times, and {} changes were worked out for it", drill.name,
                            wanted, changes.size()));
  return changes;
}

/// {"text": drill file, "file": its name, "folder": for captures, "lab_ends_with_client": bool, "changes": what each of
/// its commands makes of the lab, "as_it_is": bool} -> report; one at a time. A client that goes ends it.
void do_drill(Lab& lab, const json& request, const To& to) {
  if (lab.is_drilled) throw Error("a drill is running in lab " + lab.plan().lab + " already; wait for it");
  struct Running {
    explicit Running(Lab& its_lab) : lab(its_lab) { lab.is_drilled = true; }
    ~Running() { lab.is_drilled = false; }
    Lab& lab;
  } mark(lab);
  const auto drill = drill::read_text(request.at("text"), request.at("file"));
  demand_there(drill.mentions, lab.plan());
  auto changes = changes_of(lab, drill, request);
  tell_events(lab, to, lab.events().read_on(), std::nullopt);
  DrillSite site(lab, std::move(changes), request.value("as_it_is", false));
  const drill::RunOptions options{.folder = request.value("folder", ""),
                                  .is_awaited = [to] { return to->client_is_there(); }};
  try {
    to->result(drill::to_json(drill::run(drill, site, options)));
    ::malloc_trim(0);  // what a drill needed is given back
  } catch (const Error&) {
    if (!to->client_is_there() && request.value("lab_ends_with_client", false)) ::kill(::getpid(), SIGTERM);
    throw;
  }
}

/// {"since": nanoseconds, "follow": bool}: each event is a progress line.
void do_events(Lab& lab, const json& request, const To& to) {
  const std::chrono::nanoseconds since{request.value("since", std::int64_t{0})};
  const bool follow = request.value("follow", false);
  tell_events(lab, to, lab.events().read(since),
              follow ? std::nullopt : std::optional(json{{"result", json::object()}}));
}

/// {"questions": [{"node", "what", "text"}, ...]}: see ask.hh.
void do_ask(Lab& lab, const json& request, const To& to) { ask(lab, request.at("questions"), to); }

/// The reply of an apply: what settles ends the change.
class ApplyReply : public Reply {
 public:
  ApplyReply(To to, json changes, std::shared_ptr<Changing> changing)
      : to_(std::move(to)), changes_(std::move(changes)), changing_(std::move(changing)) {}
  void progress(const json& step) override { to_->progress(step); }
  void result(const json&) override {
    changing_.reset();
    to_->result({{"changes", changes_}});
  }
  void error(const std::exception& error) override {
    changing_.reset();
    to_->error(error);
  }
  void tell(std::function<std::optional<json>()> next) override { to_->tell(std::move(next)); }
  void more() override { to_->more(); }
  bool client_is_there() const override { return to_->client_is_there(); }

 private:
  To to_;
  json changes_;
  std::shared_ptr<Changing> changing_;
};

/// {"plan": whole plan, "topology": the document that it was made of, "bound_ms": until it is at rest, "breached"}
/// -> {"changes": [words]}
void do_apply(Lab& lab, const json& request, const To& to) {
  auto changing = std::make_shared<Changing>(lab);
  const auto after = plan::from_json(request.at("plan"));
  demand_same_lab(lab, after);
  const auto topology = request.at("topology").get<std::string>();
  const std::chrono::milliseconds bound{request.value("bound_ms", 90000)};
  json changes = lab.apply(after, [&](const std::string& step) { to->progress(step); });
  lab.mend();
  sys::write_file(lab.options().folder + "/topology.json", topology, 0600);
  to->progress("waiting for the changed lab to be at rest");
  const auto answer = std::make_shared<ApplyReply>(to, std::move(changes), std::move(changing));
  if (!request.value("breached", false)) return Settling::begin(lab, answer, bound);
  Settling::begin(lab, answer, std::min<Duration>(bound, kAsFarAsItCan), "the lab to converge", lab.to_rest(),
                  [&lab] { lab.give_up_missing(); });
}

using Verb = void (*)(Lab&, const json&, const To&);

const std::map<std::string, Verb>& verbs() {
  static const std::map<std::string, Verb> kVerbs{
      {"inspect", do_inspect}, {"fault", do_fault},   {"heal", do_heal}, {"faults", do_faults}, {"wait", do_wait},
      {"drill", do_drill},     {"events", do_events}, {"ask", do_ask},   {"apply", do_apply},   {"restart", do_restart},
  };
  return kVerbs;
}

}  // namespace

void conclude(Reply& reply, const std::function<json()>& make) {
  try {
    reply.result(make());
  } catch (const std::exception& error) {
    reply.error(error);
  }
}

void answer(Lab& lab, const json& request, const std::shared_ptr<Reply>& reply) {
  try {
    const auto verb = verbs().find(request.value("verb", ""));
    if (verb == verbs().end()) throw NotFoundError("unknown verb: " + request.value("verb", "(none)"));
    sys::debug("request", [&] { return verb->first; });
    verb->second(lab, request, reply);
  } catch (const std::exception& error) {
    reply->error(error);
  }
}

}  // namespace xconn::lab
