// SPDX-License-Identifier: Apache-2.0
#include "probes/capture.hh"

#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>

#include <atomic>
#include <thread>

#include "base/errors.hh"
#include "sys/clock.hh"
#include "sys/netns.hh"

namespace xconn::probes {
namespace {

constexpr int kLookMilliseconds = 20;
constexpr int kCaptureBytes = 8 << 20;

struct ClosePcap {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
struct CloseDump {
  void operator()(pcap_dumper_t* dump) const { pcap_dump_close(dump); }
};
using Handle = std::unique_ptr<pcap_t, ClosePcap>;
using Dump = std::unique_ptr<pcap_dumper_t, CloseDump>;

class Filter {
 public:
  Filter(pcap_t* handle, const std::string& text) {
    if (pcap_compile(handle, &program_, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
      throw Error("capture filter '" + text + "': " + pcap_geterr(handle));
    }
  }
  ~Filter() { pcap_freecode(&program_); }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  bpf_program* get() { return &program_; }

 private:
  bpf_program program_{};
};

// Inside the namespace.
Handle open(const CaptureSpec& spec) {
  if (if_nametoindex(spec.interface.c_str()) == 0) throw NotFoundError("no interface " + spec.interface);
  char sentence[PCAP_ERRBUF_SIZE] = {};
  Handle handle(pcap_create(spec.interface.c_str(), sentence));
  if (!handle) throw KernelError("pcap_create", spec.interface, {}, 0, sentence);
  pcap_set_snaplen(handle.get(), spec.snap_length);
  pcap_set_promisc(handle.get(), 1);
  pcap_set_immediate_mode(handle.get(), 1);
  pcap_set_buffer_size(handle.get(), kCaptureBytes);
  pcap_set_tstamp_precision(handle.get(), PCAP_TSTAMP_PRECISION_NANO);
  if (pcap_activate(handle.get()) < 0) {
    throw KernelError("pcap_activate", spec.interface, {}, 0, pcap_geterr(handle.get()));
  }
  Filter filter(handle.get(), spec.filter);
  if (pcap_setfilter(handle.get(), filter.get()) != 0 || pcap_setnonblock(handle.get(), 1, sentence) != 0) {
    throw KernelError("pcap_setfilter", spec.interface, {}, 0, pcap_geterr(handle.get()));
  }
  return handle;
}

}  // namespace

struct Capture::State {
  State(const sys::Netns& netns, const CaptureSpec& spec)
      : during(spec.during), handle(netns.run([&] { return open(spec); })) {
    if (!spec.file.empty()) {
      dump.reset(pcap_dump_open(handle.get(), spec.file.c_str()));
      if (!dump) throw KernelError("pcap_dump_open", spec.file, {}, 0, pcap_geterr(handle.get()));
    }
    thread = std::thread([this] { live(); });
  }
  ~State() { end(); }

  static void packet(u_char* self, const pcap_pkthdr* head, const u_char* data) {
    auto* state = reinterpret_cast<State*>(self);
    const Duration at = sys::from_realtime(std::chrono::seconds{head->ts.tv_sec} +
                                           std::chrono::nanoseconds{head->ts.tv_usec});  // nanoseconds, as asked for
    if (state->times.empty() || at - state->times.back() >= kApart) state->times.push_back(at);
    if (at < state->during.begin || at >= state->during.end) return;
    ++state->matched;
    if (state->dump) pcap_dump(reinterpret_cast<u_char*>(state->dump.get()), head, data);
  }

  void live() {
    pollfd waiting{pcap_get_selectable_fd(handle.get()), POLLIN, 0};
    while (!ending) {
      poll(&waiting, 1, kLookMilliseconds);
      take();
    }
    take();
  }

  void take() {
    while (pcap_dispatch(handle.get(), -1, packet, reinterpret_cast<u_char*>(this)) > 0) {
    }
  }

  void end() noexcept {
    ending = true;
    if (!thread.joinable()) return;
    thread.join();
    pcap_stat figures{};
    if (pcap_stats(handle.get(), &figures) == 0) dropped = figures.ps_drop;
    dump.reset();
  }

  const Window during;
  std::vector<Duration> times;
  Handle handle;
  Dump dump;
  std::atomic<std::uint64_t> matched{0}, dropped{0};
  std::atomic<bool> ending{false};
  std::thread thread;
};

Capture::Capture(const sys::Netns& netns, const CaptureSpec& spec) : state_(std::make_unique<State>(netns, spec)) {}
Capture::Capture(Capture&&) noexcept = default;
Capture& Capture::operator=(Capture&&) noexcept = default;
Capture::~Capture() = default;

std::uint64_t Capture::matched() const { return state_->matched; }
std::uint64_t Capture::dropped() const { return state_->dropped; }
const std::vector<Duration>& Capture::times() const { return state_->times; }
void Capture::stop() { state_->end(); }

std::string filter_fault(const std::string& filter) {
  const Handle handle(pcap_open_dead(DLT_EN10MB, 65535));
  try {
    Filter compiled(handle.get(), filter);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace xconn::probes
