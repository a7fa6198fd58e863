// SPDX-License-Identifier: Apache-2.0
#include "datapath/wire.hh"

#include <bpf/libbpf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/membarrier.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <list>
#include <stdexcept>
#include <thread>

#include "datapath/tc.hh"
#include "datapath/thread.hh"
#include "datapath/wire_queue.hh"
#include "sys/clock.hh"
#include "sys/modules.hh"
#include "wire.skel.h"

namespace xconn::datapath {
namespace {

constexpr std::uint32_t kTapQueue = 20000;  // packets that the kernel keeps while the thread is not running
constexpr int kRealTimePriority = 10;
constexpr int kBatch = 64;  // frames read before due ones are looked at again

void require(const Impairment& it) {
  const bool sound = it.delay.count() >= 0 && it.jitter.count() >= 0;
  const auto share = [](double value) { return value >= 0 && value <= 1; };
  if (!sound || !share(it.loss) || !share(it.reorder) || !share(it.duplicate) || !share(it.corrupt))
    throw std::invalid_argument("an impairment has times of 0 or more and probabilities of 0 to 1");
}

/// The user-space side of the splice. No vnet header: the kernel cuts offloaded packets and fills in checksums before
/// they come here, so that what is read are frames as on a wire.
struct Tap {
  explicit Tap(const sys::Netns& netns) : fd(netns.run([this] { return open_tap(); })) {
    disable_ipv6(netns, name);
    const auto tc = Tc::of(netns);
    tc->commit({kernel::link_set(name, {.no_ipv6_address = true, .queue = kTapQueue, .up = true})});
    tc->set_noqueue(name);  // straight into the tap's ring: nothing may stay behind in a queue when the splice ends
  }
  sys::Fd open_tap() {
    sys::Fd tun(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (!tun)
      throw HostError(fmt::format("a wire in user space needs /dev/net/tun ({})", std::strerror(errno)),
                      sys::tun_remedy());
    ifreq request{.ifr_ifrn = {.ifrn_name = "wire%d~"}, .ifr_ifru = {}};
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    sys::check(ioctl(tun.get(), TUNSETIFF, &request), "make tap");
    name = request.ifr_name;
    return tun;
  }
  std::string name;  // before fd, whose making sets it
  sys::Fd fd;
};

/// The thread that keeps frames until they are due. Ends with finish() or the destructor, delivering all it has.
class Engine {
 public:
  Engine(int tap, const WireOptions& options);
  ~Engine();
  void set(const Impairment& impairment);
  WireCounters counters() const;
  bool real_time() const { return real_time_; }

 private:
  void run();
  void acknowledge_timer();
  void read_frames();
  void deliver_due();
  void finish();
  void hand_over(const Frame& frame);
  void arm();

  int tap_;
  mutable std::mutex mutex_;
  WireQueue queue_;
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(70000);
  sys::Fd epoll_, timer_, stop_;
  std::optional<Duration> armed_;
  bool real_time_ = false;
  std::thread thread_;
};

Engine::Engine(int tap, const WireOptions& options)
    : tap_(tap),
      queue_(options),
      epoll_(sys::check(epoll_create1(EPOLL_CLOEXEC), "epoll_create")),
      timer_(sys::check(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create")),
      stop_(sys::check(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  for (int fd : {tap_, timer_.get(), stop_.get()}) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    sys::check(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event), "watch the wire");
  }
  thread_ = start_without_signals([this] { run(); });
  const sched_param parameter{.sched_priority = kRealTimePriority};
  real_time_ = pthread_setschedparam(thread_.native_handle(), SCHED_FIFO, &parameter) == 0;
}

Engine::~Engine() {
  eventfd_write(stop_.get(), 1);
  thread_.join();
}

void Engine::set(const Impairment& impairment) {
  std::lock_guard lock(mutex_);
  queue_.set(impairment);
}

WireCounters Engine::counters() const {
  std::lock_guard lock(mutex_);
  return queue_.counters();
}

void Engine::run() {
  prctl(PR_SET_TIMERSLACK, 1);
  for (;;) {
    epoll_event event;
    if (epoll_wait(epoll_.get(), &event, 1, -1) != 1) continue;
    std::lock_guard lock(mutex_);
    if (event.data.fd == stop_.get()) return finish();
    if (event.data.fd == timer_.get()) acknowledge_timer();
    read_frames();
    deliver_due();
    arm();
  }
}

void Engine::acknowledge_timer() {
  std::uint64_t expirations;
  if (read(timer_.get(), &expirations, sizeof expirations) > 0) armed_.reset();
}

void Engine::read_frames() {
  for (int i = 0; i < kBatch; i++) {
    const ssize_t length = read(tap_, buffer_.data(), buffer_.size());
    if (length <= 0) return;
    queue_.push(sys::now(), {buffer_.data(), static_cast<std::size_t>(length)});
  }
}

void Engine::deliver_due() {
  while (auto frame = queue_.pop(sys::now())) hand_over(*frame);
}

void Engine::hand_over(const Frame& frame) {
  if (::write(tap_, frame.data(), frame.size()) < 0) queue_.count_refused();
}

void Engine::arm() {
  const auto due = queue_.next_due();
  if (due == armed_) return;
  armed_ = due;
  const auto at = due.value_or(Duration{0}).count();
  const itimerspec when{.it_interval = {}, .it_value = {.tv_sec = at / 1000000000, .tv_nsec = at % 1000000000}};
  timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

// The splice's program is off its hook, but another processor may be in it still. A barrier of all processors waits for
// those (it is an RCU grace period; membarrier(2)); after it, what is in the tap is all there will ever be.
void Engine::finish() {
  syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
  pollfd more{.fd = tap_, .events = POLLIN, .revents = 0};
  while (poll(&more, 1, 0) > 0) read_frames();
  while (auto frame = queue_.pop_early()) hand_over(*frame);
}

/// What several Wires on one interface do together.
Impairment combine(const std::list<Impairment>& all) {
  const auto either = [](double a, double b) { return 1 - (1 - a) * (1 - b); };
  Impairment sum;
  for (const Impairment& it : all) {
    sum.delay += it.delay;
    sum.jitter += it.jitter;
    sum.loss = either(sum.loss, it.loss);
    sum.reorder = either(sum.reorder, it.reorder);
    sum.duplicate = either(sum.duplicate, it.duplicate);
    sum.corrupt = either(sum.corrupt, it.corrupt);
  }
  return sum;
}

/// One interface's splice, shared by its Wires. The members' order is the way in; the reverse is the way out: first
/// nothing new is taken, then all that was taken is handed back, then the tap goes.
class Splice {
 public:
  Splice(const sys::Netns& netns, const std::string& interface, const Impairment& first, const WireOptions& options)
      : tc_(Tc::of(netns)),
        programs_(loaded<wire_bpf>()),
        tap_(netns),
        back_target_(programs_, bpf_map__fd(programs_->maps.targets), back_slot_.id(), index(interface), interface),
        out_target_(programs_, bpf_map__fd(programs_->maps.targets), out_slot_.id(), index(tap_.name), tap_.name),
        back_(tc_, tap_.name,
              {bpf_program__fd(programs_->progs.wire_back), "xconn-wire-back", Hook::kIngress, priority::kWire},
              back_slot_.id()),
        engine_(tap_.fd.get(), options),
        out_(tc_, interface,
             {(engine_.set(first), bpf_program__fd(programs_->progs.wire_out)), "xconn-wire-out", Hook::kEgress,
              priority::kWire},
             out_slot_.id()) {}

  using Share = std::list<Impairment>::iterator;
  Share add(const Impairment& impairment) {
    std::lock_guard lock(mutex_);
    const auto share = shares_.insert(shares_.end(), impairment);
    engine_.set(combine(shares_));
    return share;
  }
  void change(Share share, const Impairment& impairment) {
    std::lock_guard lock(mutex_);
    *share = impairment;
    engine_.set(combine(shares_));
  }
  void remove(Share share) {
    std::lock_guard lock(mutex_);
    shares_.erase(share);
    engine_.set(combine(shares_));
  }
  const Engine& engine() const { return engine_; }

 private:
  std::uint32_t index(const std::string& interface) { return static_cast<std::uint32_t>(tc_->device(interface).index); }

  std::shared_ptr<Tc> tc_;
  std::shared_ptr<wire_bpf> programs_;
  std::mutex mutex_;
  std::list<Impairment> shares_;
  Tap tap_;
  Slot back_slot_, out_slot_;
  MapEntry back_target_, out_target_;
  Attachment back_;
  Engine engine_;
  Attachment out_;
};

std::shared_ptr<Splice> splice(const sys::Netns& netns, const std::string& interface, const Impairment& first,
                               const WireOptions& options) {
  static Registry<std::pair<std::uint64_t, int>, Splice> known;
  require(first);
  const auto tc = Tc::of(netns);
  return known.find_or_make({tc->id(), tc->device(interface).index},
                            [&] { return std::make_shared<Splice>(netns, interface, first, options); });
}

}  // namespace

struct Wire::Impl {
  Impl(std::shared_ptr<Splice> on, const Impairment& impairment)
      : splice(std::move(on)), share(splice->add(impairment)) {}
  ~Impl() { splice->remove(share); }
  std::shared_ptr<Splice> splice;
  Splice::Share share;
};

Wire::Wire(const sys::Netns& netns, const std::string& interface, const Impairment& impairment, WireOptions options)
    : impl_(std::make_unique<Impl>(splice(netns, interface, impairment, options), impairment)) {}
Wire::~Wire() = default;
Wire::Wire(Wire&&) noexcept = default;
Wire& Wire::operator=(Wire&&) noexcept = default;

void Wire::set(const Impairment& impairment) {
  require(impairment);
  impl_->splice->change(impl_->share, impairment);
}

WireCounters Wire::counters() const { return impl_->splice->engine().counters(); }
bool Wire::real_time() const { return impl_->splice->engine().real_time(); }

}  // namespace xconn::datapath
