// SPDX-License-Identifier: Apache-2.0
// Hostile values in every word of a drill, and in every text of a report: refused, or written as text.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "base/markup.hh"
#include "base/text.hh"
#include "drill/drill.hh"
#include "drill/report.hh"
#include "hostile_values.hh"

namespace xconn {
namespace {

using nlohmann::ordered_json;

// JSON is YAML: what a drill can say.
const ordered_json kDrill = ordered_json::parse(R"({
  "name": "silent", "about": "a story", "topology": "../topology.yaml", "duration": "20s", "settle": "5s",
  "flows": {"a": {"from": "x", "to": "y", "kind": "udp", "every": "5ms", "start": "1s", "dscp": "46", "port": "99", "size": "100"}},
  "steady": [{"flow": "a", "direction": "both", "contains": ["n"]}],
  "timeline": [{"at": "2s", "fault": "loss", "on": "n:i", "loss": "30%", "name": "cut", "for": "10s"},
               {"at": "3s", "exec": {"node": "n", "command": ["ip", "route"]}}, {"at": "5s", "heal": "cut"}],
  "expect": [{"outage": {"flow": "a", "at-most": "3s", "during": ["1s", "4s"]}, "because": "of this"},
             {"path": {"flow": "a", "when": "12s", "contains": ["x", ["n", "m"]], "avoids": ["z"], "via": {"n": "i"}}},
             {"event": {"source": "bfd", "node": "n", "contains": "down", "within": "2s"}},
             {"capture": {"on": "n:i", "filter": "udp", "packets": "none"}},
             {"counter": {"node": "n", "flow": "a", "packets": "some"}},
             {"symmetric": {"flow": "a", "when": "before", "of": ["n"]}}]})");

/// Calls `visit` with the document in which each word, and then each key, in turn is `value`.
void each_place(const std::string& value, const std::function<void(const ordered_json&)>& visit) {
  const auto flat = kDrill.flatten();
  for (const auto& [pointer, old] : flat.items()) {
    auto changed = kDrill;
    changed[ordered_json::json_pointer(pointer)] = value;
    visit(changed);
    if (pointer.find("/flows/a/") != 0 && pointer.find("/via/") == std::string::npos) continue;
    auto renamed = flat;
    const auto slash = pointer.rfind('/');
    if (value.find_first_of("/~") != std::string::npos) continue;  // part of a pointer's own words
    renamed.erase(pointer);
    renamed[pointer.substr(0, slash + 1) + value] = old;
    visit(renamed.unflatten());
  }
}

TEST(HostileDrill, EveryWordIsRefusedOrPlain) {
  ASSERT_NO_THROW(drill::read_text(kDrill.dump(), "d.yaml"));
  std::size_t taken = 0;
  for (const auto& value : kHostile)
    each_place(value, [&](const ordered_json& document) {
      SCOPED_TRACE(printable(value));
      try {
        const auto drill = drill::read_text(document.dump(), "d.yaml");
        ++taken;
        EXPECT_TRUE(is_plain(drill.name) && is_plain(drill.about, true) && is_plain(drill.topology));
        EXPECT_EQ(drill.name.find('/'), std::string::npos) << "it is a part of files' names";
        for (const auto& flow : drill.flows) EXPECT_TRUE(is_plain(flow.name + flow.from + flow.to));
        for (const auto& expectation : drill.expectations) EXPECT_TRUE(is_plain(expectation.because, true));
      } catch (const TopologyError& error) {
        EXPECT_TRUE(is_plain(error.what(), true)) << error.what();
      }
    });
  EXPECT_GT(taken, 20U);
}

drill::Report report_of(const std::string& value) {
  drill::Report report;
  report.drill = report.about = report.file = report.topology = value;
  drill::FlowResult flow;
  flow.name = flow.kind = flow.from = flow.to = flow.broken = value;
  flow.forward.path.before = probes::Path{{value, value}, {{value, value}}};
  flow.forward.path.after = probes::Path{{value}, {}};
  report.flows.push_back(flow);
  report.timeline.push_back({Duration{0}, value, value, value, 2});
  for (const auto verdict : {probes::Verdict::kPass, probes::Verdict::kFail, probes::Verdict::kInconclusive})
    report.judgements.push_back({value, value, value, verdict});
  report.captures = {value};
  return report;
}

/// What is inside tags but in no quotes, and so has a meaning.
std::string tags_of(const std::string& text) {
  std::string out;
  bool tag = false, quoted = false;
  for (const char c : text) {
    if (!tag && c == '<') tag = true;
    if (tag && c == '"') quoted = !quoted;
    if (tag && !quoted) out += c;
    if (tag && !quoted && c == '>') tag = false;
  }
  EXPECT_FALSE(tag || quoted);
  return out;
}

TEST(HostileReport, EveryTextIntoEveryFormat) {
  for (const auto& value : kHostile) {
    SCOPED_TRACE(printable(value));
    const auto report = report_of(value);
    const auto junit = drill::to_junit({report}), html = drill::to_html(report), markdown = drill::to_markdown(report);
    for (const auto& text : {junit, html, markdown, drill::to_text(report)}) EXPECT_TRUE(is_plain(text, true)) << text;
    EXPECT_EQ(tags_of(junit).find("EVIL"), std::string::npos) << junit;
    EXPECT_EQ(tags_of(html).find("EVIL"), std::string::npos) << html;
    EXPECT_FALSE(std::regex_search(markdown, std::regex(R"((^|[^\\])[<>`]|(^|[^\\])\[EVIL)"))) << markdown;
    if (!value.starts_with("EVIL")) {
      EXPECT_EQ(markdown.find("\nEVIL"), std::string::npos) << markdown;
    }
    EXPECT_EQ(drill::to_json(drill::from_json(drill::to_json(report))), drill::to_json(report));
  }
}

TEST(HostileReport, NoTableHasACellMore) {
  const auto rows = [](const std::string& text) {
    std::size_t bars = 0;
    for (std::size_t i = 0; i < text.size(); ++i) bars += text[i] == '|' && (i == 0 || text[i - 1] != '\\');
    return bars;
  };
  const auto wanted = rows(drill::to_markdown(report_of("plain")));
  for (const auto& value : kHostile) EXPECT_EQ(rows(drill::to_markdown(report_of(value))), wanted) << printable(value);
}

TEST(Markup, SaysTheSameAndMeansNothing) {
  EXPECT_EQ(mermaid_text("a \"b\" <c> #1"), "a #quot;b#quot; #lt;c#gt; #35;1");
  EXPECT_EQ(dot_text("a\"b\\N"), "a\\\"b\\\\N");
  EXPECT_EQ(markdown_text("snake_case *b* _c_ [d](e) | `f`"), "snake_case \\*b\\* \\_c\\_ \\[d\\](e) \\| \\`f\\`");
  EXPECT_EQ(xml_text("<a b='c'>&\x1b"), "&lt;a b=&#39;c&#39;&gt;&amp;\\x1b");
}

}  // namespace
}  // namespace xconn
