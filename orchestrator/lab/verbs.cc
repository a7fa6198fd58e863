#include "lab/verbs.hh"

#include <unistd.h>

#include <csignal>
#include <map>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "base/rule.hh"
#include "drill/drill.hh"
#include "drill/report.hh"
#include "lab/ask.hh"
#include "lab/drill_site.hh"
#include "lab/inspect.hh"
#include "lab/lab.hh"
#include "sys/clock.hh"
#include "sys/file.hh"

namespace xconn::lab {
namespace {

using nlohmann::json;
using To = std::shared_ptr<Reply>;

void do_inspect(Lab& lab, const json& request, const To& to) {
  to->result(request.contains("node") ? inspect_node(lab, request["node"]) : inspect(lab));
}

/// {"words": ["loss", "hq-fgt:er", "30%", "--for", "20s"]} -> {"id": 1}
void do_fault(Lab& lab, const json& request, const To& to) {
  to->result({{"id", lab.faults().apply(faults::parse(request.at("words").get<std::vector<std::string>>()))}});
}

/// {"id": 1}, or nothing for all -> {"healed": [1, 2]}
void do_heal(Lab& lab, const json& request, const To& to) {
  auto healed = json::array();
  if (request.contains("id")) {
    lab.faults().heal(request["id"]);
    healed.push_back(request["id"]);
  } else {
    for (const auto& fault : lab.faults().list()) healed.push_back(fault.id);
    lab.faults().heal_all();
  }
  to->result({{"healed", healed}});
}

void do_faults(Lab& lab, const json&, const To& to) { to->result(inspect_faults(lab)); }

/// Waits until the facts hold again; its own timer, not a wait of the loop.
struct Settling {
  Lab& lab;
  To to;
  Duration deadline, bound;
  sys::Timer timer;

  static void begin(Lab& lab, const To& to, Duration bound) {
    auto settling = std::make_shared<Settling>(Settling{lab, to, sys::now() + bound, bound, {}});
    settling->timer = sys::Timer::every(lab.loop(), std::chrono::milliseconds{20}, [settling] { settling->look(); });
  }
  void look() {
    const auto missing = lab.unsettled();
    if (missing && sys::now() < deadline && to->client_is_there()) return;
    if (missing)
      to->error(TimeoutError("the lab to converge", bound, *missing));
    else
      to->result(json::object());
    timer = {};  // the last owner: this object ends with the callback
  }
};

/// {"bound_ms": 60000} -> {}
void do_wait(Lab& lab, const json& request, const To& to) {
  Settling::begin(lab, to, std::chrono::milliseconds{request.value("bound_ms", 60000)});
}

/// {"text": drill file, "file": its name, "folder": for captures, "lab_ends_with_client": bool} -> report; one at a
/// time. A client that goes ends it.
void do_drill(Lab& lab, const json& request, const To& to) {
  if (lab.is_drilled) throw Error("a drill is running in lab " + lab.plan().lab + " already; wait for it");
  struct Running {
    explicit Running(Lab& its_lab) : lab(its_lab) { lab.is_drilled = true; }
    ~Running() { lab.is_drilled = false; }
    Lab& lab;
  } mark(lab);
  const auto drill = drill::read_text(request.at("text"), request.at("file"));
  const auto listening = lab.events().listen([&](const Event& event) { to->progress(to_json(event)); });
  DrillSite site(lab);
  const drill::RunOptions options{.folder = request.value("folder", ""),
                                  .is_awaited = [to] { return to->client_is_there(); }};
  try {
    to->result(drill::to_json(drill::run(drill, site, options)));
  } catch (const Error&) {
    if (!to->client_is_there() && request.value("lab_ends_with_client", false)) ::kill(::getpid(), SIGTERM);
    throw;
  }
}

/// Sends events for as long as the client reads.
struct Follower {
  To to;
  std::shared_ptr<void> listening;

  static void begin(Lab& lab, const To& to) {
    auto follower = std::make_shared<Follower>(Follower{to, nullptr});
    follower->listening = lab.events().listen([follower](const Event& event) { follower->tell(event); });
  }
  void tell(const Event& event) {
    if (to->client_is_there())
      to->progress(to_json(event));
    else
      listening.reset();
  }
};

/// {"since": nanoseconds, "follow": bool}: each event is a progress line.
void do_events(Lab& lab, const json& request, const To& to) {
  for (const auto& event : lab.events().since(std::chrono::nanoseconds{request.value("since", std::int64_t{0})}))
    to->progress(to_json(event));
  if (request.value("follow", false))
    Follower::begin(lab, to);
  else
    to->result(json::object());
}

/// {"questions": [{"node", "what", "text"}, ...]}: see ask.hh.
void do_ask(Lab& lab, const json& request, const To& to) { ask(lab, request.at("questions"), to); }

/// One at a time, as Azure has it of one object.
struct Changing {
  Lab& lab;
  explicit Changing(Lab& its_lab) : lab(its_lab) {
    if (lab.is_changing)
      throw TopologyError({{{},
                            "lab " + lab.plan().lab,
                            "change",
                            "under way",
                            std::string(kOneChange.statement) + " (Azure: 409 " + std::string(kAnotherOperation) + ")",
                            "try again when it is done",
                            std::string(kOneChange.code),
                            std::string(kOneChange.source)}});
    lab.is_changing = true;
  }
  ~Changing() { lab.is_changing = false; }
  Changing(const Changing&) = delete;
};

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
  bool client_is_there() const override { return to_->client_is_there(); }

 private:
  To to_;
  json changes_;
  std::shared_ptr<Changing> changing_;
};

/// {"plan": whole plan, "topology": the document that it was made of, "bound_ms": until the facts hold}
/// -> {"changes": [words]}
void do_apply(Lab& lab, const json& request, const To& to) {
  auto changing = std::make_shared<Changing>(lab);
  const auto after = plan::from_json(request.at("plan"));
  json changes = lab.apply(after, [&](const std::string& step) { to->progress(step); });
  sys::write_file(lab.options().folder + "/topology.json", request.at("topology").get<std::string>(), 0600);
  to->progress("waiting for the facts of the changed lab");
  Settling::begin(lab, std::make_shared<ApplyReply>(to, std::move(changes), std::move(changing)),
                  std::chrono::milliseconds{request.value("bound_ms", 90000)});
}

using Verb = void (*)(Lab&, const json&, const To&);

const std::map<std::string, Verb>& verbs() {
  static const std::map<std::string, Verb> kVerbs{
      {"inspect", do_inspect}, {"fault", do_fault},   {"heal", do_heal}, {"faults", do_faults}, {"wait", do_wait},
      {"drill", do_drill},     {"events", do_events}, {"ask", do_ask},   {"apply", do_apply},
  };
  return kVerbs;
}

}  // namespace

void answer(Lab& lab, const json& request, const std::shared_ptr<Reply>& reply) {
  try {
    const auto verb = verbs().find(request.value("verb", ""));
    if (verb == verbs().end())
      throw NotFoundError("the agent does not know the verb " + request.value("verb", "(none)"));
    verb->second(lab, request, reply);
  } catch (const std::exception& error) {
    reply->error(error);
  }
}

}  // namespace xconn::lab
