// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>

namespace xconn::datapath {

/// Things that exist once per key while somebody uses them.
template <typename Key, typename Thing>
class Registry {
 public:
  /// The one that is there, or what `make` (returning shared_ptr<Thing>) makes. Makers run one at a time.
  template <typename Make>
  std::shared_ptr<Thing> find_or_make(const Key& key, Make&& make) {
    std::lock_guard lock(mutex_);
    if (const auto found = known_.find(key); found != known_.end())
      if (auto thing = found->second.lock()) return thing;
    std::shared_ptr<Thing> fresh = make();
    std::erase_if(known_, [](const auto& entry) { return entry.second.expired(); });
    known_[key] = fresh;
    return fresh;
  }

 private:
  std::mutex mutex_;
  std::map<Key, std::weak_ptr<Thing>> known_;
};

}  // namespace xconn::datapath
