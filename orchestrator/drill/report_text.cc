// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hh"
#include "drill/highlights.hh"
#include "drill/report_words.hh"

namespace xconn::drill {
namespace {

using probes::Verdict;

struct Paint {
  bool colour;
  std::string operator()(const char* code, const std::string& text) const {
    return colour ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
  }
};

const char* code_of(Verdict verdict) {
  if (verdict == Verdict::kPass) return "32";
  return verdict == Verdict::kFail ? "31" : "33";
}

std::string label(Verdict verdict) {
  if (verdict == Verdict::kPass) return "PASS";
  return verdict == Verdict::kFail ? "FAIL" : "INCONCLUSIVE";
}

std::string direction_line(const char* name, const DirectionResult& direction) {
  const auto cells = direction_cells(name, direction);
  std::string line = fmt::format("    {:<8} sent {:<6} lost {:<5} duplicated {:<4} reordered {:<4} latency {}",
                                 cells[0], cells[1], cells[2], cells[3], cells[4], cells[6]);
  if (cells[7] != "-") line += "  then " + cells[7];
  if (direction.measured.unstamped > 0) line += fmt::format("  unstamped {}", direction.measured.unstamped);
  return line + "\n";
}

std::string path_lines(const FlowResult& flow) {
  std::string text;
  if (flow.forward.path.before)
    text += "    before   " + printable(probes::to_string(*flow.forward.path.before)) + "\n";
  if (flow.forward.path.after && flow.forward.path.after != flow.forward.path.before) {
    text += "    after    " + printable(probes::to_string(*flow.forward.path.after)) + "\n";
  }
  return text;
}

std::string flow_lines(const FlowResult& flow, std::size_t width) {
  const std::string title = printable(flow.from + " -> " + flow.to);
  std::string text = fmt::format("  flow {:<{}}   {}", title, width, outage_words(flow));
  if (const std::string path = path_words(flow); !path.empty()) text += "   " + path;
  text += fmt::format("\n    {} every {}, {}{}\n", printable(flow.kind), xconn::to_string(flow.every),
                      printable(flow.name), flow.broken.empty() ? "" : ", ended: " + printable(flow.broken));
  text += direction_line("forward", flow.forward) + direction_line("reverse", flow.reverse);
  return text + path_lines(flow);
}

std::string timeline_lines(const Report& report) {
  const auto rows = highlights(report.timeline);
  std::size_t width = 5;
  for (const Row& row : rows) width = std::max(width, row.source.size());
  std::string text;
  for (const Row& row : rows) {
    text += fmt::format("    {:>8}  {:<{}}  {}\n", since_fault(report, row.at), printable(row.source), width,
                        printable(row_words(row)));
  }
  return text;
}

std::string judgement_lines(const Report& report, const Paint& paint) {
  std::size_t width = 4;
  for (const Judgement& one : report.judgements) width = std::max(width, label(one.verdict).size());
  std::string text;
  for (const Judgement& one : report.judgements) {
    const std::string word = fmt::format("{:<{}}", label(one.verdict), width);
    text += fmt::format("  {}  {}\n", paint(code_of(one.verdict), word), printable(one.sentence));
    text += fmt::format("  {:<{}}    {}\n", "", width, printable(one.found));
    if (!one.because.empty() && one.verdict != Verdict::kPass) {
      text += fmt::format("  {:<{}}    expected because {}\n", "", width, printable(one.because));
    }
  }
  return text;
}

}  // namespace

std::string to_text(const Report& report, bool colour) {
  const Paint paint{colour};
  std::size_t width = 0;
  for (const FlowResult& flow : report.flows) width = std::max(width, flow.from.size() + flow.to.size() + 4);
  std::string text = paint("1", "drill " + printable(report.drill)) + "\n";
  for (const FlowResult& flow : report.flows) text += flow_lines(flow, width);
  text += timeline_lines(report);
  text += judgement_lines(report, paint);
  text += "  " + host_words(report) + "\n";
  for (const std::string& file : report.captures) text += "  capture " + printable(file) + "\n";
  return text + fmt::format("{}  {}\n", paint(code_of(report.verdict), label(report.verdict)), printable(report.drill));
}

}  // namespace xconn::drill
