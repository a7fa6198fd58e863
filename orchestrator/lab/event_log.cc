// SPDX-License-Identifier: Apache-2.0
#include "lab/event_log.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/errors.hh"

namespace xconn::lab {
namespace {

constexpr std::int64_t kBlock = 65536;
constexpr std::size_t kOutOfPlace = 1000, kRecent = 12, kMostHeldBack = 1000;

}  // namespace

EventLog::EventLog(const std::string& file)
    : file_(::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
  sys::check(file_.get(), "open", file);
}

void EventLog::add(const Event& event) {
  write(event);
  auto& recent = recent_[event.node];
  recent.insert(
      std::upper_bound(recent.begin(), recent.end(), event, [](const auto& a, const auto& b) { return a.at < b.at; }),
      event);
  if (recent.size() > kRecent) recent.pop_front();
  std::erase_if(listeners_, [](const auto& listener) { return listener.expired(); });
  for (const auto& weak : std::vector(listeners_))
    if (const auto listener = weak.lock()) (*listener)(event);
}

void EventLog::write(const Event& event) {
  if (blocks_.empty() || size_ - blocks_.back().offset >= kBlock) blocks_.push_back({size_, event.at});
  blocks_.back().latest = std::max(blocks_.back().latest, event.at);
  held_back_.push_back(to_line(to_json(event)) + "\n");
  while (!held_back_.empty() && append(held_back_.front())) held_back_.pop_front();
  if (held_back_.size() > kMostHeldBack) {
    held_back_.pop_back();
    ++dropped_;
  }
  if (!held_back_.empty() || dropped_ == 0) return;
  const auto missing = fmt::format("the disk was full: {} events are missing", std::exchange(dropped_, 0));
  held_back_.push_back(to_line(to_json({event.at, "agent", "", missing})) + "\n");
}

/// Whole or not at all.
bool EventLog::append(const std::string& line) {
  const auto written = ::pwrite(file_.get(), line.data(), line.size(), size_);
  if (written == static_cast<ssize_t>(line.size())) {
    size_ += written;
    return true;
  }
  if (written > 0 && ::ftruncate(file_.get(), size_) != 0) return false;
  return false;
}

EventLog::Reading EventLog::read(std::chrono::nanoseconds since) const {
  const auto first = std::ranges::find_if(blocks_, [&](const Block& block) { return block.latest >= since; });
  return {*this, first == blocks_.end() ? size_ : first->offset, since};
}

std::vector<Event> EventLog::since(std::chrono::nanoseconds time) const {
  std::vector<Event> events;
  for (auto reading = read(time); auto event = reading.next();) events.push_back(std::move(*event));
  std::ranges::stable_sort(events, {}, &Event::at);
  return events;
}

std::vector<Event> EventLog::latest(const std::string& node) const {
  const auto found = recent_.find(node);
  if (found == recent_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::shared_ptr<void> EventLog::listen(Listener listener) {
  auto owned = std::make_shared<Listener>(std::move(listener));
  listeners_.push_back(owned);
  return owned;
}

std::optional<Event> EventLog::Reading::next_of_file() {
  for (;;) {
    while (const auto line = lines_.next())
      if (auto event = event_from_json(nlohmann::json::parse(*line)); event.at >= since_) return event;
    char bytes[kBlock];
    const auto wanted = std::min<std::int64_t>(log_.size_ - offset_, sizeof bytes);
    const auto count = wanted > 0 ? ::pread(log_.file_.get(), bytes, static_cast<std::size_t>(wanted), offset_) : 0;
    if (count <= 0) return std::nullopt;
    offset_ += count;
    lines_.add({bytes, static_cast<std::size_t>(count)});
  }
}

std::optional<Event> EventLog::Reading::next() {
  while (unordered_.size() < kOutOfPlace) {
    auto event = next_of_file();
    if (!event) break;
    unordered_.push({std::move(*event), place_++});
  }
  if (unordered_.empty()) return std::nullopt;
  auto first = unordered_.top().event;
  unordered_.pop();
  return first;
}

nlohmann::json to_json(const Event& event) {
  nlohmann::json out{{"at", event.at.count()}, {"source", event.source}, {"node", event.node}, {"text", event.text}};
  if (event.stamped) out["stamped"] = true;
  return out;
}

Event event_from_json(const nlohmann::json& json) {
  return {std::chrono::nanoseconds{json.at("at").get<std::int64_t>()}, json.at("source"), json.at("node"),
          json.at("text"), json.value("stamped", false)};
}

std::string to_line(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace xconn::lab
