// SPDX-License-Identifier: Apache-2.0
// Markdown, JUnit XML and HTML.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/markup.hh"
#include "drill/highlights.hh"
#include "drill/report_words.hh"

namespace xconn::drill {
namespace {

using probes::Verdict;

const char* mark(Verdict verdict) {
  if (verdict == Verdict::kPass) return "✅ pass";
  return verdict == Verdict::kFail ? "❌ fail" : "⚠️ inconclusive";
}

std::string markdown_row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& text : cells) line += " " + markdown_text(text) + " |";
  return line + "\n";
}

std::string markdown_flow(const FlowResult& flow) {
  std::string text = fmt::format("\n### {} ({}, {} to {}): {}\n\n", markdown_text(flow.name), markdown_text(flow.kind),
                                 markdown_text(flow.from), markdown_text(flow.to), outage_words(flow));
  text += markdown_row(direction_titles());
  text += "|";
  for (std::size_t i = 0; i < direction_titles().size(); ++i) text += "---|";
  text += "\n" + markdown_row(direction_cells("forward", flow.forward));
  text += markdown_row(direction_cells("reverse", flow.reverse));
  if (flow.forward.path.before)
    text += fmt::format("\nbefore: {}\n", markdown_text(probes::to_string(*flow.forward.path.before)));
  if (flow.forward.path.after)
    text += fmt::format("\nafter: {}\n", markdown_text(probes::to_string(*flow.forward.path.after)));
  return text;
}

std::string junit_case(const Report& report, const Judgement& one) {
  std::string text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\">\n",
                                 xml_text(report.drill), xml_text(one.sentence), xml_text(report.file), one.line);
  const std::string detail = xml_text(one.found + (one.because.empty() ? "" : "; expected because " + one.because));
  if (one.verdict == Verdict::kFail) text += fmt::format("      <failure message=\"{}\"/>\n", detail);
  if (one.verdict == Verdict::kInconclusive) {
    text += fmt::format("      <error type=\"inconclusive\" message=\"{}\"/>\n", detail);
  }
  return text + fmt::format("      <system-out>{}</system-out>\n    </testcase>\n", detail);
}

long count_of(const Report& report, Verdict verdict) {
  return std::count_if(report.judgements.begin(), report.judgements.end(),
                       [&](const Judgement& one) { return one.verdict == verdict; });
}

std::string junit_suite(const Report& report) {
  std::string text = fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"{:.3f}\">\n",
      xml_text(report.drill), report.judgements.size(), count_of(report, Verdict::kFail),
      count_of(report, Verdict::kInconclusive), std::chrono::duration<double>(report.duration).count());
  for (const Judgement& one : report.judgements) text += junit_case(report, one);
  text += fmt::format("    <system-out>{}</system-out>\n", xml_text(to_text(report)));
  return text + "  </testsuite>\n";
}

// --- HTML: one lane for each direction of each flow, faults and events as lines through all of them
// --------------------

constexpr double kWidth = 1000, kLane = 22, kLeft = 230, kTop = 20;

struct Picture {
  const Report& report;
  std::vector<std::pair<std::string, const DirectionResult*>> lanes;

  explicit Picture(const Report& given) : report(given) {
    for (const FlowResult& flow : report.flows) {
      lanes.emplace_back(flow.name + " forward", &flow.forward);
      lanes.emplace_back(flow.name + " reverse", &flow.reverse);
    }
  }
  double x(Duration at) const {
    const double share = report.duration.count() > 0
                             ? static_cast<double>(at.count()) / static_cast<double>(report.duration.count())
                             : 0;
    return kLeft + std::clamp(share, 0.0, 1.0) * kWidth;
  }
  double height() const { return kTop + kLane * static_cast<double>(lanes.size()) + 30; }

  std::string lane(std::size_t index) const {
    const auto& [name, direction] = lanes[index];
    const double y = kTop + kLane * static_cast<double>(index);
    std::string text = fmt::format("<text x=\"0\" y=\"{:.1f}\">{}</text>", y + 13, xml_text(name));
    text += fmt::format("<rect class=\"ok\" x=\"{}\" y=\"{:.1f}\" width=\"{}\" height=\"14\"/>", kLeft, y, kWidth);
    for (const probes::Gap& gap : direction->measured.gaps) {
      const double width = std::max(1.0, x(gap.end) - x(gap.start));
      text += fmt::format(
          "<rect class=\"gap\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"14\"><title>{:.3f} s</title></rect>",
          x(gap.start), y, width, std::chrono::duration<double>(gap.outage).count());
    }
    return text + "\n";
  }
  std::string event(const Row& row) const {
    if (row.source == "flow") return {};
    const std::string kind = row.source == "fault" ? "fault" : "event";
    return fmt::format(
        "<line class=\"{}\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{}\" y2=\"{}\"><title>{} {} {}</title></line>\n", kind,
        x(row.at), x(row.at), kTop - 8, height() - 24, since_fault(report, row.at), xml_text(row.source),
        xml_text(row_words(row)));
  }
  std::string axis() const {
    const double end = std::chrono::duration<double>(report.duration).count();
    return fmt::format("<text x=\"{}\" y=\"{:.1f}\">0 s</text><text x=\"{:.1f}\" y=\"{:.1f}\">{:.1f} s</text>\n", kLeft,
                       height() - 6, kLeft + kWidth - 30, height() - 6, end);
  }
  std::string svg() const {
    std::string text = fmt::format("<svg viewBox=\"0 0 {} {:.0f}\" role=\"img\">\n", kLeft + kWidth + 10, height());
    for (std::size_t i = 0; i < lanes.size(); ++i) text += lane(i);
    for (const Row& row : highlights(report.timeline)) text += event(row);
    return text + axis() + "</svg>\n";
  }
};

constexpr const char* kStyle = R"(body{font:14px system-ui,sans-serif;margin:2em auto;max-width:80em;padding:0 1em}
table{border-collapse:collapse;margin:1em 0}td,th{padding:.25em .7em;text-align:left;border-bottom:1px solid #ddd}
svg{width:100%;font-size:12px}.ok{fill:#2e8b57}.gap{fill:#c0392b}.fault{stroke:#c0392b;stroke-width:2}
.event{stroke:#444;stroke-dasharray:3}.pass{color:#2e8b57}.fail{color:#c0392b}.inconclusive{color:#b8860b})";

std::string html_row(const std::vector<std::string>& cells, const char* tag = "td") {
  std::string text = "<tr>";
  for (const std::string& content : cells) text += fmt::format("<{}>{}</{}>", tag, xml_text(content), tag);
  return text + "</tr>\n";
}

std::string html_flow(const FlowResult& flow) {
  std::string text = fmt::format("<h2>{} ({}, {} to {}): {}</h2>\n<table>", xml_text(flow.name), xml_text(flow.kind),
                                 xml_text(flow.from), xml_text(flow.to), xml_text(outage_words(flow)));
  text += html_row(direction_titles(), "th") + html_row(direction_cells("forward", flow.forward)) +
          html_row(direction_cells("reverse", flow.reverse)) + "</table>\n";
  if (flow.forward.path.before)
    text += "<p>before: " + xml_text(probes::to_string(*flow.forward.path.before)) + "</p>\n";
  if (flow.forward.path.after) text += "<p>after: " + xml_text(probes::to_string(*flow.forward.path.after)) + "</p>\n";
  return text;
}

}  // namespace

std::string to_markdown(const Report& report) {
  std::string text = fmt::format("## {}: {}\n\n{}\n", markdown_text(report.drill), mark(report.verdict),
                                 markdown_paragraph(report.about));
  text += "\n| verdict | expected | found |\n|---|---|---|\n";
  for (const Judgement& one : report.judgements) text += markdown_row({mark(one.verdict), one.sentence, one.found});
  for (const FlowResult& flow : report.flows) text += markdown_flow(flow);
  text += "\n| s | source | what |\n|---:|---|---|\n";
  for (const Row& row : highlights(report.timeline)) {
    text += markdown_row({since_fault(report, row.at), row.source, row_words(row)});
  }
  return text + "\n" + host_words(report) + "\n";
}

std::string to_junit(const std::vector<Report>& reports) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const Report& report : reports) text += junit_suite(report);
  return text + "</testsuites>\n";
}

std::string to_html(const Report& report) {
  std::string text = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>{0}</title>\n<style>{1}</style>\n"
      "<h1>{0}: <span class=\"{2}\">{2}</span></h1>\n<p>{3}</p>\n",
      xml_text(report.drill), kStyle, name_of(report.verdict), xml_text(report.about));
  text += Picture(report).svg() + "<table>";
  for (const Judgement& one : report.judgements) {
    text += html_row({std::string(name_of(one.verdict)), one.sentence, one.found,
                      one.because.empty() ? "" : "expected because " + one.because});
  }
  text += "</table>\n";
  for (const FlowResult& flow : report.flows) text += html_flow(flow);
  text += "<table>";
  for (const Row& row : highlights(report.timeline))
    text += html_row({since_fault(report, row.at), row.source, row_words(row)});
  return text + "</table>\n<p>" + xml_text(host_words(report)) + "</p>\n</html>\n";
}

}  // namespace xconn::drill
