// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <list>
#include <memory>

#include "drill/doubt.hh"
#include "drill/evidence.hh"
#include "drill/report.hh"
#include "drill/site.hh"
#include "probes/capture.hh"
#include "probes/loop_meter.hh"
#include "probes/tracer.hh"
#include "sys/clock.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"
#include "sys/process.hh"

namespace xconn::drill {
namespace {

constexpr Duration kGetThrough = std::chrono::seconds{10};
constexpr Duration kLookAgain = std::chrono::milliseconds{100};
constexpr Duration kNoticed = std::chrono::milliseconds{20};  // by then the canary has noted a stall that has ended
constexpr Duration kMostWatched = std::chrono::seconds{10};   // beyond the end, for what is late
constexpr Duration kSlack = std::chrono::seconds{30};         // the loop may be busy, but not for ever

struct RunningFlow {
  const Flow* wanted;
  probes::Flow flow;
};

struct RunningCapture {
  const Expectation* expectation;
  std::string file;
  probes::Capture capture;
};

struct Action {
  Duration at{0};
  std::function<void()> act;
};

class Session {
 public:
  Session(const Drill& drill, Site& site, const RunOptions& options) : drill_(drill), site_(site), options_(options) {}
  ~Session();

  void prepare();
  void play();
  Report finish();

 private:
  void start_flow(const Flow& flow);
  void wait(const std::string& awaited, Duration bound, const std::function<std::optional<std::string>()>& difference);
  void wait_through();
  void wait_steady();
  std::optional<std::string> unsteady(const ExpectPath& wanted) const;
  void begin_capture(const Expectation& expectation, const ExpectCapture& what);
  std::vector<Action> actions();
  void note_dues();
  void watch_on();
  void wait_until(Duration time);
  void carry_out(const Step& step);
  void note_first_fault();
  void carry_out(const Inject& fault);
  void carry_out(const Heal& heal) { site_.heal(heal.name); }
  void carry_out(const Exec& exec);
  void carry_out(const Do& change);
  void watch_changed();
  void gather_flows();
  void gather_captures();
  void gather_events();

  const Drill& drill_;
  Site& site_;
  const RunOptions& options_;
  std::unique_ptr<probes::Tracer> tracer_;
  std::list<RunningFlow> flows_;
  std::list<RunningCapture> captures_;
  std::list<sys::Process> commands_;
  std::size_t changes_ = 0;
  sys::Timer watching_;
  std::unique_ptr<probes::Canary> canary_;
  std::unique_ptr<probes::LoopMeter> meter_;
  std::vector<services::Event> own_events_;
  std::vector<std::string> files_;
  bool healed_ = false;
  Evidence evidence_;
};

// Whatever happened, nothing stays broken: this is the way out of an exception too, so it may not throw.
Session::~Session() {
  if (healed_) return;
  try {
    site_.heal("all");
    site_.restore();
  } catch (const std::exception&) {
    // The first error is on its way to the caller; the lab still owns the fault and undoes it when it goes.
  }
}

void Session::wait(const std::string& awaited, Duration bound,
                   const std::function<std::optional<std::string>()>& difference) {
  site_.loop().wait(awaited, bound, [&] {
    if (options_.is_awaited && !options_.is_awaited())
      throw Error("the client that asked for drill " + drill_.name + " has gone");
    return difference();
  });
}

void Session::prepare() {
  wait("the lab to be at rest", drill_.settle, [this] { return site_.unrest(); });
  canary_ = std::make_unique<probes::Canary>();
  if (options_.trace) tracer_ = std::make_unique<probes::Tracer>(site_);
  for (const Flow& flow : drill_.flows) {
    if (flow.start.count() == 0) start_flow(flow);
  }
  wait_through();
  if (tracer_) wait_steady();
  meter_ = std::make_unique<probes::LoopMeter>(site_.loop());
  canary_->begin();
  evidence_.began = sys::now();
}

void Session::start_flow(const Flow& flow) {
  RunningFlow& running = flows_.emplace_back(RunningFlow{&flow, probes::Flow(flow, site_)});
  if (tracer_) tracer_->follow(running.flow);
  running.flow.start();
}

void Session::wait_through() {
  wait("every flow to get through", kGetThrough, [this]() -> std::optional<std::string> {
    for (const RunningFlow& running : flows_) {
      if (!running.flow.established()) return "nothing came both ways on flow " + running.wanted->name;
    }
    return std::nullopt;
  });
}

void Session::wait_steady() {
  const std::string awaited = "the flows to go as the drill wants them before it begins";
  const auto began = sys::now();
  wait(awaited, drill_.settle, [&]() -> std::optional<std::string> {
    for (const ExpectPath& wanted : drill_.steady) {
      if (auto difference = unsteady(wanted)) {
        if (site_.is_in_vain()) throw TimeoutError(awaited, sys::now() - began, *difference);
        return difference;
      }
    }
    return std::nullopt;
  });
}

std::optional<std::string> Session::unsteady(const ExpectPath& wanted) const {
  const auto running = std::find_if(flows_.begin(), flows_.end(),
                                    [&](const RunningFlow& one) { return one.wanted->name == wanted.flow; });
  if (running == flows_.end()) return std::nullopt;  // it starts later
  const probes::FlowSpec& spec = running->flow.spec();
  for (const probes::FlowDirection way : ways(wanted.direction)) {
    const std::string from = running->flow.from_node(), to = running->flow.to_node();
    const bool forward = way == probes::FlowDirection::kForward;
    const auto path = tracer_->path_now(spec.id, way, forward ? from : to, forward ? to : from);
    if (!path) return "nothing has been seen of flow " + spec.name;
    if (!satisfies(*path, wanted)) return "flow " + spec.name + " goes " + probes::to_string(*path);
  }
  return std::nullopt;
}

void Session::begin_capture(const Expectation& expectation, const ExpectCapture& what) {
  std::string file;
  if (!options_.folder.empty()) {
    file =
        fmt::format("{}/{}-{}-{}-{}.pcap", options_.folder, drill_.name, what.node, what.interface, files_.size() + 1);
    files_.push_back(file);
  }
  const Span span = what.during.value_or(Span{Duration{0}, drill_.duration});
  probes::CaptureSpec spec{what.interface, what.filter, file};
  spec.during = evidence_.window(span);
  captures_.push_back({&expectation, file, probes::Capture(*site_.endpoint(what.node).netns, spec)});
}

std::vector<Action> Session::actions() {
  std::vector<Action> all;
  for (const Expectation& expectation : drill_.expectations) {
    const auto* what = std::get_if<ExpectCapture>(&expectation.what);
    if (what == nullptr) continue;
    const Span span = what->during.value_or(Span{Duration{0}, drill_.duration});
    all.push_back({span.begin, [this, &expectation, what] { begin_capture(expectation, *what); }});
  }
  for (const Flow& flow : drill_.flows) {
    if (flow.start.count() > 0) all.push_back({flow.start, [this, &flow] { start_flow(flow); }});
  }
  for (const Step& step : drill_.timeline) all.push_back({step.at, [this, &step] { carry_out(step); }});
  std::stable_sort(all.begin(), all.end(), [](const Action& a, const Action& b) { return a.at < b.at; });
  return all;
}

void Session::wait_until(Duration time) {
  const Duration left = time - sys::now();
  if (left.count() <= 0) return;
  // The timer's handler makes the loop ask again at once.
  const sys::Timer due = sys::Timer::once(site_.loop(), left, [] {});
  wait("the next step of drill " + drill_.name, left + kSlack, [&]() -> std::optional<std::string> {
    if (sys::now() >= time) return std::nullopt;
    return "it is not yet time";
  });
}

void Session::note_dues() {
  for (const Step& step : drill_.timeline) {
    const Duration due = evidence_.began + step.at;
    evidence_.dues.push_back(due);
    const auto* fault = std::get_if<Inject>(&step.action);
    if (fault != nullptr && fault->lasts) evidence_.dues.push_back(due + *fault->lasts);
  }
}

/// What a stalled host has not shown by the end is given the time that it lost.
void Session::watch_on() {
  evidence_.ended = sys::now();
  evidence_.watched = evidence_.ended;
  const auto late = [this] {
    evidence_.host.stalls = canary_->so_far();
    evidence_.host.loop = meter_->stalls();
    const Duration behind = Doubt(evidence_).behind(evidence_.ended);
    if (behind.count() == 0) return evidence_.ended;
    return evidence_.ended + std::min(behind + kNoticed, kMostWatched);
  };
  while (evidence_.watched < late()) {
    wait_until(late());
    evidence_.watched = sys::now();
  }
}

void Session::play() {
  note_dues();
  for (const Action& action : actions()) {
    wait_until(evidence_.began + action.at);
    action.act();
  }
  wait_until(evidence_.began + drill_.duration);
  watch_on();
}

void Session::carry_out(const Step& step) {
  if (!evidence_.first_step) evidence_.first_step = sys::now();
  std::visit([this](const auto& action) { carry_out(action); }, step.action);
}

void Session::note_first_fault() {
  if (!evidence_.first_fault) evidence_.first_fault = sys::now();
}

void Session::carry_out(const Inject& fault) {
  note_first_fault();
  site_.inject(fault);
}

void Session::carry_out(const Do& change) {
  note_first_fault();
  const std::string command = model::to_string(change.command);
  own_events_.push_back({sys::now(), "change", "", command, true});
  const auto refusal = site_.change(changes_++);
  if (refusal) {
    own_events_.push_back({sys::now(), "change", "", command + " is refused: " + *refusal, true});
    evidence_.refusals.push_back({command, *refusal, change.command.where.line});
  } else if (tracer_) {
    watch_changed();
  }
}

/// A tunnel's interface is made by its daemon, later.
void Session::watch_changed() {
  watching_ = {};
  if (tracer_->watch(site_)) return;
  watching_ = sys::Timer::once(site_.loop(), kLookAgain, [this] { watch_changed(); });
}

void Session::carry_out(const Exec& exec) {
  own_events_.push_back({sys::now(), "exec", exec.node, fmt::format("{}", fmt::join(exec.argv, " ")), true});
  sys::ProcessSpec spec;
  spec.argv = exec.argv;
  spec.netns = site_.endpoint(exec.node).netns->fd();
  commands_.emplace_back(site_.loop(), spec).on_exit([this, &exec](int status) {
    if (status == 0) return;
    own_events_.push_back({sys::now(), "exec", exec.node, exec.argv.front() + ": " + sys::describe_exit(status)});
  });
}

void Session::gather_flows() {
  for (RunningFlow& running : flows_) running.flow.stop();
  for (RunningFlow& running : flows_) {
    FlowEvidence evidence;
    evidence.spec = running.flow.spec();
    evidence.from_node = running.flow.from_node();
    evidence.to_node = running.flow.to_node();
    evidence.broken = running.flow.broken();
    evidence.forward.trail = probes::since(running.flow.trail(probes::FlowDirection::kForward), evidence_.began);
    evidence.reverse.trail = probes::since(running.flow.trail(probes::FlowDirection::kReverse), evidence_.began);
    evidence_.flows.push_back(std::move(evidence));
  }
}

void Session::gather_captures() {
  for (RunningCapture& running : captures_) {
    running.capture.stop();
    evidence_.captured[running.expectation] = {running.capture.matched(), running.capture.dropped(),
                                               running.capture.times()};
  }
}

void Session::gather_events() {
  evidence_.events = site_.events(evidence_.began);
  evidence_.events.insert(evidence_.events.end(), own_events_.begin(), own_events_.end());
  std::stable_sort(evidence_.events.begin(), evidence_.events.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
}

Report Session::finish() {
  gather_flows();
  gather_captures();
  evidence_.host = canary_->stop();
  evidence_.host.longest_loop = meter_->longest();
  evidence_.host.loop = meter_->stalls();
  evidence_.detections = site_.detections();
  watching_ = {};
  if (tracer_) {
    tracer_->stop();
    evidence_.sightings = tracer_->sightings();
    evidence_.sightings_lost = tracer_->lost() > 0;
  }
  gather_events();
  site_.heal("all");
  site_.restore();
  healed_ = true;
  measure_all(evidence_);
  Report report = report_of(drill_, evidence_);
  report.captures = files_;
  return report;
}

}  // namespace

Report run(const Drill& drill, Site& site, const RunOptions& options) {
  Session session(drill, site, options);
  session.prepare();
  session.play();
  return session.finish();
}

}  // namespace xconn::drill
