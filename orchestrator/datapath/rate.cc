// SPDX-License-Identifier: Apache-2.0
#include "datapath/rate.hh"

#include <mutex>
#include <set>
#include <stdexcept>

#include "base/errors.hh"
#include "datapath/tc.hh"

namespace xconn::datapath {

namespace {

/// The bucket of one interface: as tight as the tightest of those who want one.
class Bucket {
 public:
  Bucket(std::shared_ptr<Tc> tc, std::string interface) : tc_(std::move(tc)), interface_(std::move(interface)) {}
  ~Bucket() {
    try {
      tc_->commit({kernel::root_qdisc_delete(interface_)});
    } catch (const Error&) {
      // The interface has gone, and its queue with it.
    }
  }

  using Share = std::multiset<std::uint64_t>::iterator;
  /// What the kernel refuses does not count.
  Share add(std::uint64_t rate) {
    std::lock_guard lock(mutex_);
    const auto share = rates_.insert(rate);
    try {
      apply();
    } catch (...) {
      rates_.erase(share);
      throw;
    }
    return share;
  }
  void remove(Share share) {
    std::lock_guard lock(mutex_);
    rates_.erase(share);
    if (!rates_.empty()) apply();
  }

 private:
  void apply() { tc_->commit({kernel::token_bucket_replace(interface_, {.rate = *rates_.begin()})}); }

  std::shared_ptr<Tc> tc_;
  std::string interface_;
  std::mutex mutex_;
  std::multiset<std::uint64_t> rates_;
};

std::shared_ptr<Bucket> bucket(const sys::Netns& netns, const std::string& interface) {
  static Registry<std::pair<std::uint64_t, int>, Bucket> known;
  const auto tc = Tc::of(netns);
  return known.find_or_make({tc->id(), tc->device(interface).index},
                            [&] { return std::make_shared<Bucket>(tc, interface); });
}

void require(std::uint64_t bits_per_second) {
  if (bits_per_second < 8000) throw std::invalid_argument("a rate is at least 8 kbit/s");
}

}  // namespace

struct Rate::Impl {
  Impl(std::shared_ptr<Bucket> on, std::uint64_t rate) : bucket(std::move(on)), share(bucket->add(rate)) {}
  ~Impl() noexcept {
    try {
      bucket->remove(share);
    } catch (const Error&) {
      // The interface has gone.
    }
  }
  std::shared_ptr<Bucket> bucket;
  Bucket::Share share;
};

Rate::Rate(const sys::Netns& netns, const std::string& interface, std::uint64_t bits_per_second) {
  require(bits_per_second);
  impl_ = std::make_unique<Impl>(bucket(netns, interface), bits_per_second);
}
Rate::~Rate() = default;
Rate::Rate(Rate&&) noexcept = default;
Rate& Rate::operator=(Rate&&) noexcept = default;

void Rate::set(std::uint64_t bits_per_second) {
  require(bits_per_second);
  const auto before = impl_->share;
  impl_->share = impl_->bucket->add(bits_per_second);
  impl_->bucket->remove(before);
}

std::uint64_t Rate::bits_per_second() const { return *impl_->share; }

}  // namespace xconn::datapath
