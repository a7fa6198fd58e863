// SPDX-License-Identifier: Apache-2.0
#include "services/path_watch.hh"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include "sys/fd.hh"
#include "sys/loop.hh"

namespace xconn::services {

struct PathWatch::Entry {
  std::shared_ptr<Instance> instance;  // keeps it while there are watches
  int descriptor = -1;
  std::function<void()> changed;
  ~Entry();
};

class PathWatch::Instance : public std::enable_shared_from_this<Instance> {
 public:
  static std::shared_ptr<Instance> of(sys::Loop& loop) {
    thread_local std::map<sys::Loop*, std::weak_ptr<Instance>> instances;
    std::erase_if(instances, [](const auto& item) { return item.second.expired(); });
    auto instance = instances[&loop].lock();
    if (!instance) instances[&loop] = instance = std::make_shared<Instance>(loop);
    return instance;
  }

  explicit Instance(sys::Loop& loop)
      : inotify_(sys::check(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK), "create inotify instance")),
        watch_(loop, inotify_.get(), [this] { readable(); }) {}

  std::shared_ptr<Entry> add(const std::string& path, std::function<void()> changed) {
    constexpr auto kMask = IN_CREATE | IN_MOVED_TO | IN_MODIFY;
    auto entry = std::make_shared<Entry>();
    entry->descriptor = sys::check(::inotify_add_watch(inotify_.get(), path.c_str(), kMask), "watch", path);
    entry->changed = std::move(changed);
    entry->instance = shared_from_this();
    entries_[entry->descriptor].push_back(entry);
    return entry;
  }

  void remove(int descriptor) {
    auto& entries = entries_[descriptor];
    std::erase_if(entries, [](const auto& weak) { return weak.expired(); });
    if (!entries.empty()) return;
    entries_.erase(descriptor);
    ::inotify_rm_watch(inotify_.get(), descriptor);
  }

 private:
  void readable() {
    alignas(inotify_event) std::array<char, 16384> block;
    std::set<int> descriptors;  // many changes of one path are one call
    for (ssize_t count; (count = ::read(inotify_.get(), block.data(), block.size())) > 0;)
      for (ssize_t at = 0; at < count;) {
        const auto* event = reinterpret_cast<const inotify_event*>(block.data() + at);
        descriptors.insert(event->wd);
        at += static_cast<ssize_t>(sizeof *event + event->len);
      }
    const auto alive = shared_from_this();
    for (const int descriptor : descriptors) call(descriptor);
  }

  void call(int descriptor) {
    const auto found = entries_.find(descriptor);
    if (found == entries_.end()) return;
    const auto entries = found->second;  // a callback may add or remove
    for (const auto& weak : entries)
      if (const auto entry = weak.lock()) std::function(entry->changed)();
  }

  sys::Fd inotify_;
  sys::Watch watch_;
  std::map<int, std::vector<std::weak_ptr<Entry>>> entries_;
};

PathWatch::Entry::~Entry() {
  if (instance) instance->remove(descriptor);
}

PathWatch::PathWatch(sys::Loop& loop, const std::string& path, std::function<void()> changed)
    : entry_(Instance::of(loop)->add(path, std::move(changed))) {}

}  // namespace xconn::services
