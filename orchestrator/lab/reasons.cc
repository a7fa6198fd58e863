// SPDX-License-Identifier: Apache-2.0
#include "lab/reasons.hh"

#include <linux/neighbour.h>

#include "sys/clock.hh"

namespace xconn::lab {
namespace {

constexpr Duration kMd5Interval = std::chrono::seconds{1};
constexpr Duration kQuiet = std::chrono::seconds{10};  // a SYN is repeated within it

/// The first counter that has grown.
std::string why(const kernel::Md5Drops& before, const kernel::Md5Drops& now) {
  const struct {
    std::uint64_t kernel::Md5Drops::*counter;
    const char* sentence;
  } rows[] = {
      {&kernel::Md5Drops::wrong, "segments with another TCP MD5 signature are dropped (TCPMD5Failure)"},
      {&kernel::Md5Drops::none, "segments without a TCP MD5 signature are dropped (TCPMD5NotFound)"},
      {&kernel::Md5Drops::unexpected, "segments with a TCP MD5 signature are dropped (TCPMD5Unexpected)"},
  };
  for (const auto& row : rows)
    if (now.*row.counter > before.*row.counter) return row.sentence;
  return {};
}

}  // namespace

void Reasons::neighbour(std::chrono::nanoseconds at, const kernel::Neighbour& neighbour, bool gone) {
  const std::pair key{neighbour.interface, neighbour.address};
  const bool failed = !gone && (neighbour.state & NUD_FAILED) != 0;
  const bool answers = (neighbour.state & (NUD_REACHABLE | NUD_PERMANENT)) != 0;
  std::erase_if(unanswered_, [&](const auto& one) { return one.second.is_over(at) || (answers && one.first == key); });
  if (const auto known = unanswered_.find(key); gone && known != unanswered_.end()) known->second.forgotten = at;
  if (!failed) return;
  const auto* protocol = neighbour.address.is_v4() ? "ARP" : "neighbour discovery";
  auto sentence = neighbour.address.text() + " does not answer " + protocol + " on " + neighbour.interface;
  const auto [entry, is_new] = unanswered_.try_emplace(key, Silence{std::move(sentence), {}});
  entry->second.forgotten.reset();
  if (is_new) events_({at, "arp", node_, entry->second.sentence, false});
}

bool Reasons::Silence::is_over(std::chrono::nanoseconds time) const { return forgotten && time - *forgotten > kQuiet; }

void Reasons::watch_md5(sys::Loop& loop, const sys::Netns& netns) {
  counters_.emplace(netns);
  seen_ = counters_->read();
  timer_ = sys::Timer::every(loop, kMd5Interval, [this] { look_at_md5(); });
}

void Reasons::look_at_md5() {
  const auto now = counters_->read();
  const auto sentence = why(std::exchange(seen_, now), now);
  if (sentence.empty()) return;
  const auto at = sys::now();
  dropped_ = {at, sentence};
  if (told_ && at - *told_ < kQuiet) return;
  told_ = at;
  events_({at, "tcp-md5", node_, sentence, false});
}

std::vector<std::string> Reasons::at(std::chrono::nanoseconds time) const {
  std::vector<std::string> sentences;
  for (const auto& [key, silence] : unanswered_)
    if (!silence.is_over(time)) sentences.push_back(silence.sentence);
  if (dropped_ && time - dropped_->first < kQuiet) sentences.push_back(dropped_->second);
  return sentences;
}

}  // namespace xconn::lab
