// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/fields.hh"
#include "drill/highlights.hh"
#include "drill/report.hh"
#include "drill/report_words.hh"

namespace xconn::drill {
namespace {

Duration worst_outage(const FlowResult& flow) {
  return std::max(flow.forward.measured.outage, flow.reverse.measured.outage);
}

fields::Json outage_of(const FlowResult& flow) { return fields::Codec<fields::Seconds>::encode(worst_outage(flow)); }

/// Their text says all.
fields::Json highlights_of(const Report& report) {
  auto rows = fields::Json::array();
  for (const Row& row : highlights(report.timeline))
    rows.push_back({{"at", fields::Codec<fields::Seconds>::encode(row.at)},
                    {"source", row.source},
                    {"node", row.node},
                    {"text", row_text(row)}});
  return rows;
}

}  // namespace
}  // namespace xconn::drill

namespace xconn::fields {

using drill::DirectionResult, drill::FlowResult, drill::Judgement, drill::Report, drill::Row;
using probes::Gap, probes::HostStalls, probes::Latency, probes::Measurement, probes::Path, probes::Stall;

template <>
struct Table<Gap> {
  static constexpr std::tuple fields{required_as<Seconds>("start", &Gap::start), required_as<Seconds>("end", &Gap::end),
                                     required_field("open", &Gap::open), required_as<Seconds>("outage", &Gap::outage)};
};

template <>
struct Table<Latency> {
  static constexpr std::tuple fields{
      required_as<Seconds>("minimum", &Latency::minimum), required_as<Seconds>("median", &Latency::median),
      required_as<Seconds>("p99", &Latency::p99), required_field("samples", &Latency::samples)};
};

template <>
struct Table<Path> {
  static constexpr std::tuple fields{required_field("nodes", &Path::nodes), required_field("via", &Path::via)};
};

template <class T>
struct Table<probes::BeforeAndAfter<T>> {
  using Both = probes::BeforeAndAfter<T>;
  static constexpr std::tuple fields{required_field("before", &Both::before), required_field("after", &Both::after)};
};

template <>
struct Table<Measurement> {
  static constexpr std::tuple fields{required_field("sent", &Measurement::sent),
                                     required_field("received", &Measurement::received),
                                     required_field("lost", &Measurement::lost),
                                     required_field("duplicated", &Measurement::duplicated),
                                     required_field("reordered", &Measurement::reordered),
                                     required_field("unstamped", &Measurement::unstamped),
                                     required_as<Seconds>("outage", &Measurement::outage),
                                     required_field("dead", &Measurement::dead),
                                     required_field("gaps", &Measurement::gaps),
                                     required_as<Seconds>("resolution", &Measurement::resolution),
                                     required_field("latency", &Measurement::latency)};
};

template <>
struct Table<DirectionResult> {
  static constexpr std::tuple fields{inline_fields(&DirectionResult::measured),
                                     required_field("path", &DirectionResult::path)};
};

template <>
struct Table<FlowResult> {
  static constexpr std::tuple fields{required_field("name", &FlowResult::name),
                                     required_field("kind", &FlowResult::kind),
                                     required_field("from", &FlowResult::from),
                                     required_field("to", &FlowResult::to),
                                     required_as<Seconds>("every", &FlowResult::every),
                                     required_field("broken", &FlowResult::broken),
                                     derived_field<FlowResult>("outage", drill::outage_of),
                                     required_field("forward", &FlowResult::forward),
                                     required_field("reverse", &FlowResult::reverse)};
};

template <>
struct Table<Row> {
  static constexpr std::tuple fields{required_as<Seconds>("at", &Row::at), required_field("source", &Row::source),
                                     required_field("node", &Row::node),   required_field("text", &Row::text),
                                     required_field("times", &Row::times), required_as<Seconds>("late", &Row::late)};
};

template <>
struct Table<Judgement> {
  static constexpr std::tuple fields{
      required_field("sentence", &Judgement::sentence), required_field("found", &Judgement::found),
      required_field("because", &Judgement::because), required_field("verdict", &Judgement::verdict),
      required_field("line", &Judgement::line)};
};

/// A list of two.
template <>
struct Codec<Stall> {
  static Json encode(const Stall& stall) {
    return {Codec<Seconds>::encode(stall.start), Codec<Seconds>::encode(stall.end)};
  }
  static void decode(const Json& json, Stall& stall) {
    Codec<Seconds>::decode(json.at(0), stall.start);
    Codec<Seconds>::decode(json.at(1), stall.end);
  }
};

template <>
struct Table<HostStalls> {
  static constexpr std::tuple fields{required_as<Seconds>("longest_normal", &HostStalls::longest_normal),
                                     required_as<Seconds>("longest_real_time", &HostStalls::longest_real_time),
                                     required_field("real_time", &HostStalls::real_time),
                                     required_as<Seconds>("longest_wait", &HostStalls::longest_wait),
                                     required_field("waiter", &HostStalls::waiter),
                                     required_field("cpu_pressure", &HostStalls::pressure),
                                     required_field("stalls", &HostStalls::stalls),
                                     required_as<Seconds>("longest_loop", &HostStalls::longest_loop),
                                     required_field("loop_stalls", &HostStalls::loop)};
};

template <>
struct Table<Report> {
  static constexpr std::tuple fields{required_field("drill", &Report::drill),
                                     required_field("about", &Report::about),
                                     required_field("file", &Report::file),
                                     required_field("topology", &Report::topology),
                                     required_as<Seconds>("duration", &Report::duration),
                                     required_as<Seconds>("first_fault", &Report::first_fault),
                                     required_field("verdict", &Report::verdict),
                                     required_field("expectations", &Report::judgements),
                                     required_field("flows", &Report::flows),
                                     required_field("timeline", &Report::timeline),
                                     derived_field<Report>("highlights", drill::highlights_of),
                                     required_field("host", &Report::host),
                                     required_field("captures", &Report::captures)};
};

}  // namespace xconn::fields

namespace xconn::drill {

int exit_code(probes::Verdict verdict) {
  constexpr int kPass = 0, kFail = 1, kInconclusive = 3;  // docs/cli.md, exit codes
  if (verdict == probes::Verdict::kPass) return kPass;
  return verdict == probes::Verdict::kFail ? kFail : kInconclusive;
}

nlohmann::json to_json(const Report& report) { return fields::encode(report); }

Report from_json(const nlohmann::json& json) { return fields::decoded<Report>(json); }

}  // namespace xconn::drill
