// SPDX-License-Identifier: Apache-2.0
// The project's own daemons (xconn-sdwan, xconn-lb, xconn-encryption, xconn-echo): PROGRAM --config FILE --socket
// FOLDER/SERVICE.sock
// --name NODE. One JSON line each way; {"get":"state"} is answered at once, {"get":"subscribe"} makes a stream of
// events.
//
// Ready: the state was answered. State: what the daemon answers. Events: "sdwan" or "lb", with the daemon's stamps.
#pragma once

#include "services/service.hh"

namespace xconn::services {

class JsonDaemon : public Service {
 public:
  /// `source` of its events; empty: it has none.
  JsonDaemon(const plan::Service& spec, const Context& context, std::string program, std::string source);
  ~JsonDaemon() override;

  std::string socket() const { return file(name() + ".sock"); }
  /// The "pending" of what it answers.
  std::optional<std::string> pending(const RoutesSeen& main_table) const override;

 protected:
  sys::ProcessSpec process_spec() override;
  std::shared_ptr<void> follow() override;
  std::optional<std::string> unready() override;
  virtual std::string config() const { return file(spec().config); }  ///< the path of what it reads
  void request_state() override;

 private:
  struct Following;
  void greet();
  void hung_up();
  void subscribe();
  void heard(const std::string& line);

  std::string program_, source_;
  std::weak_ptr<Following> following_;
};

}  // namespace xconn::services
