// SPDX-License-Identifier: Apache-2.0
#include "drill/evidence.hh"

#include <fmt/format.h>

#include <algorithm>

namespace xconn::drill {
namespace {

using probes::FlowDirection;

const std::string& sender(const FlowEvidence& flow, FlowDirection way) {
  return way == FlowDirection::kForward ? flow.from_node : flow.to_node;
}

const std::string& receiver(const FlowEvidence& flow, FlowDirection way) {
  return way == FlowDirection::kForward ? flow.to_node : flow.from_node;
}

void measure_one(Evidence& evidence, const FlowEvidence& flow, FlowDirection way, Witness& witness) {
  witness.measured = probes::measure(witness.trail, {Duration{0}, evidence.first_fault});
  witness.before = evidence.path_at(flow, way, evidence.first_fault.value_or(evidence.ended));
  // A flow that died has no path any more; the last one that it had is not where it goes now.
  witness.after = witness.measured.dead ? std::nullopt : evidence.path_at(flow, way, Duration::max());
}

DirectionResult result_of(const Witness& witness, Duration began) {
  DirectionResult result{witness.measured, {witness.before, witness.after}};
  for (probes::Gap& gap : result.measured.gaps) {
    gap.start -= began;
    gap.end -= began;
  }
  return result;
}

FlowResult result_of(const FlowEvidence& flow, Duration began) {
  return {flow.spec.name,
          probes::to_string(flow.spec.kind),
          flow.spec.from,
          flow.spec.to,
          flow.spec.every,
          flow.broken,
          result_of(flow.forward, began),
          result_of(flow.reverse, began)};
}

/// What was over before is no part of it.
void since_began(std::vector<probes::Stall>& stalls, Duration began) {
  std::erase_if(stalls, [&](const probes::Stall& stall) { return stall.end <= began; });
  for (probes::Stall& stall : stalls) stall = {stall.start - began, stall.end - began};
}

probes::Verdict overall(const std::vector<Judgement>& judgements) {
  using probes::Verdict;
  const auto any = [&](Verdict wanted) {
    return std::any_of(judgements.begin(), judgements.end(), [&](const auto& one) { return one.verdict == wanted; });
  };
  if (any(Verdict::kFail)) return Verdict::kFail;
  return any(Verdict::kInconclusive) ? Verdict::kInconclusive : Verdict::kPass;
}

Judgement judgement_of(const Refusal& refusal) {
  return {refusal.command + " is carried out", "refused: " + refusal.sentence, "", probes::Verdict::kFail,
          refusal.line};
}

}  // namespace

const FlowEvidence& Evidence::flow(std::string_view name) const {
  return *std::find_if(flows.begin(), flows.end(), [&](const auto& flow) { return flow.spec.name == name; });
}

probes::Window Evidence::window(const std::optional<Span>& during) const {
  if (!during) return {began, ended};
  return {began + during->begin, began + during->end};
}

std::optional<probes::Path> Evidence::path_at(const FlowEvidence& flow, FlowDirection way, Duration time) const {
  if (!sightings) return std::nullopt;
  return sightings->path_at(flow.spec.id, way, sender(flow, way), receiver(flow, way), time);
}

void measure_all(Evidence& evidence) {
  for (FlowEvidence& flow : evidence.flows) {
    measure_one(evidence, flow, FlowDirection::kForward, flow.forward);
    measure_one(evidence, flow, FlowDirection::kReverse, flow.reverse);
  }
}

std::string change_of(const std::optional<probes::Path>& before, const std::optional<probes::Path>& after) {
  if (!before || !after) return {};
  // Where they part; or, when that is inside a switch, the first node further on that is left differently.
  const auto parting =
      std::mismatch(before->nodes.begin(), before->nodes.end(), after->nodes.begin(), after->nodes.end()).first;
  const auto first =
      parting == before->nodes.begin() || parting == before->nodes.end() ? before->nodes.begin() : parting - 1;
  for (auto node = first; node != before->nodes.end(); ++node) {
    const auto old = before->via.find(*node);
    const auto now = after->via.find(*node);
    if (old != before->via.end() && now != after->via.end() && old->second != now->second) {
      return old->second + " -> " + now->second;
    }
  }
  return {};
}

Report report_of(const Drill& drill, const Evidence& evidence) {
  Report report;
  report.drill = drill.name;
  report.about = drill.about;
  report.file = drill.file;
  report.topology = drill.topology;
  report.duration = evidence.ended - evidence.began;
  if (evidence.first_fault) report.first_fault = *evidence.first_fault - evidence.began;
  for (const FlowEvidence& flow : evidence.flows) report.flows.push_back(result_of(flow, evidence.began));
  report.timeline = timeline(evidence);
  for (const Expectation& expectation : drill.expectations) report.judgements.push_back(judge(expectation, evidence));
  for (const Refusal& refusal : evidence.refusals) report.judgements.push_back(judgement_of(refusal));
  report.host = evidence.host;
  since_began(report.host.stalls, evidence.began);
  since_began(report.host.loop, evidence.began);
  report.verdict = overall(report.judgements);
  return report;
}

std::string readable(Duration duration) {
  const double milliseconds = std::chrono::duration<double, std::milli>(duration).count();
  if (milliseconds >= 1000) return fmt::format("{:.2f} s", milliseconds / 1000);
  if (milliseconds >= 10 || milliseconds <= 0) return fmt::format("{:.0f} ms", milliseconds);
  return fmt::format("{:.2f} ms", milliseconds);
}

}  // namespace xconn::drill
