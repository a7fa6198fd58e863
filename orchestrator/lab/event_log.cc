#include "lab/event_log.hh"

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/errors.hh"

namespace xconn::lab {

EventLog::EventLog(const std::string& file) : file_(std::fopen(file.c_str(), "ae")) {
  if (!file_) throw KernelError("open", file, "", errno);
}

void EventLog::add(const Event& event) {
  const auto line = to_line(to_json(event)) + "\n";
  std::fputs(line.c_str(), file_.get());
  std::fflush(file_.get());
  const auto later = [](const Event& a, const Event& b) { return a.at < b.at; };
  events_.insert(std::upper_bound(events_.begin(), events_.end(), event, later), event);
  std::erase_if(listeners_, [](const auto& listener) { return listener.expired(); });
  for (const auto& weak : std::vector(listeners_))
    if (const auto listener = weak.lock()) (*listener)(event);
}

std::vector<Event> EventLog::since(std::chrono::nanoseconds time) const {
  const auto first = std::find_if(events_.begin(), events_.end(), [&](const Event& event) { return event.at >= time; });
  return {first, events_.end()};
}

std::vector<Event> EventLog::latest(const std::string& node, std::size_t count) const {
  std::vector<Event> found;
  for (auto event = events_.rbegin(); event != events_.rend() && found.size() < count; ++event)
    if (event->node == node) found.push_back(*event);
  std::reverse(found.begin(), found.end());
  return found;
}

std::shared_ptr<void> EventLog::listen(Listener listener) {
  auto owned = std::make_shared<Listener>(std::move(listener));
  listeners_.push_back(owned);
  return owned;
}

nlohmann::json to_json(const Event& event) {
  return {{"at", event.at.count()}, {"source", event.source}, {"node", event.node}, {"text", event.text}};
}

std::string to_line(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace xconn::lab
