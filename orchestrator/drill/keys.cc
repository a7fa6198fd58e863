// SPDX-License-Identifier: Apache-2.0
// The tables of the file itself and of its flows.
#include "drill/keys.hh"

namespace xconn::model {
namespace {

using namespace drill;

Duration usual_interval(probes::FlowKind kind) {
  using std::chrono::milliseconds;
  const bool session_each = kind == probes::FlowKind::kUdpNew || kind == probes::FlowKind::kTcpConnect;
  return session_each ? milliseconds{50} : milliseconds{5};
}

void finish_flow(const Cursor& at, void* object) {
  auto& flow = *static_cast<Flow*>(object);
  if (at.raw().find("every") == nullptr) flow.every = usual_interval(flow.kind);
  if (!Word<Title>::parse(flow.name)) at.fault_at_key({}, Word<Title>::info().rule, "rename it");
}

}  // namespace

template <>
const ObjectInfo& object_info<Drill>() {
  static const ObjectInfo kInfo{
      "drill",
      "The file. Keys that begin with `x-` are ignored; use them to hold YAML anchors.",
      "name: er-silent\ntopology: ../topology.yaml\nduration: 14s\nflows: {...}\nexpect: [...]",
      {
          key<&Drill::name, Title>("name", "the drill's name", kRequired),
          key<&Drill::about, Message>("about", "a description, shown in reports"),
          key<&Drill::topology, FilePath>("topology", "the network's file, relative to this one", kRequired),
          key<&Drill::duration>("duration", "how long the flows are measured", kRequired),
          key<&Drill::settle>("settle",
                              "how long to wait at most for the lab to match its plan, and then again for `steady`, "
                              "before the drill begins"),
          key<&Drill::flows>("flows", "probes between two places", kRequired | kFilled),
          key<&Drill::steady, SteadyPath>("steady", "paths that the flows must take before the drill begins"),
          key<&Drill::timeline>("timeline", "the steps: what happens, and when"),
          key<&Drill::expectations>("expect", "the expectations", kRequired | kFilled),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Flow>() {
  static const ObjectInfo kInfo{
      "flow",
      "A stream of numbered probes of one `kind`:\n\n"
      "- `udp`: a stream in each direction on one 5-tuple; each direction is measured separately\n"
      "- `udp-new`: a new source port for each probe, echoed: what new UDP sessions experience\n"
      "- `tcp`: one connection, numbered records, echoed; never reconnected: what an established session experiences\n"
      "- `tcp-connect`: a new connection for each probe; abandoned after 900 ms, before its SYN would be retransmitted",
      "flows:\n  client-to-app: {from: hq-client, to: app}\n  web: {from: pc, to: 10.1.0.4, kind: tcp-connect, port: "
      "443}",
      {
          key_of<Flow, &Flow::from, Naming<Named::kPlace>>("from", "the sender", kRequired),
          key_of<Flow, &Flow::to, Naming<Named::kDestination>>("to", "the receiver", kRequired),
          key_of<Flow, &Flow::kind>("kind", "the kind of probes"),
          key_of<Flow, &Flow::every, Interval>("every", "interval between probes; `50ms` for udp-new and tcp-connect"),
          key_of<Flow, &Flow::size, Range<static_cast<int>(probes::kHeaderSize), 65000>>("size", "bytes of payload"),
          key_of<Flow, &Flow::dscp, Range<0, 63>>("dscp", "DSCP of its packets"),
          key_of<Flow, &Flow::port>("port", "destination port; 0 chooses one"),
          key<&Flow::start>("start", "when it starts; the drill does not wait for a flow that starts later"),
      },
      nullptr,
      {},
      {},
      finish_flow};
  return kInfo;
}

}  // namespace xconn::model
