// SPDX-License-Identifier: Apache-2.0
#include "importing/text/documents.hh"

#include "importing/text/advice.hh"
#include "importing/text/comments.hh"
#include "importing/text/json.hh"
#include "importing/text/noise.hh"
#include "importing/text/transcript.hh"

namespace xconn::importing {
namespace {

using model::RawPtr;

struct Clean {
  Text text;
  std::optional<Page> page;
  std::vector<Cut> cuts;
};

/// Comments before lines are looked at one by one: within a string or a comment a line may look like anything.
Clean cleaned(const Text& text) {
  Clean out{{text.file, as_utf8(text.content)}, {}, {}};
  auto& content = out.text.content;
  blank_escapes(content);
  blank_unseen(content);
  if (begins_as_json(content)) blank_comments(content);
  out.page = read_page(content);
  out.cuts = blank_noise(content);
  blank_comments(content);
  blank_last_commas(content);
  return out;
}

void tell_languages(const Page& page, const std::string& file, Notes& notes) {
  for (const auto& language : page.languages)
    notes.add(
        {{file, 0, 0}, "page", "", "", "has a block of " + language + ", which is no JSON", "it was passed over"});
}

void tell(const Page& page, const std::string& file, Notes& notes) {
  if (page.lines > 0)
    notes.add({{file, page.first_line, 0},
               "page",
               "",
               "",
               "has prose or tables from here on, which are neither a command nor JSON: " + std::to_string(page.lines) +
                   (page.lines == 1 ? " line" : " lines"),
               "it was passed over"});
  for (const auto& unread : page.unread)
    notes.add({{file, unread.line, 0},
               "command",
               "",
               unread.command,
               "what follows is no JSON",
               "it was passed over; ask with `-o json`"});
  tell_languages(page, file, notes);
}

/// A rule or a route that was cut out may be the one that matters.
void tell(const std::vector<Cut>& cuts, const std::string& file, Notes& notes) {
  for (const auto& cut : cuts)
    notes.add({{file, cut.line, 1},
               "input",
               "",
               cut.mark,
               "something was cut out of the object here",
               "a rule or a route that stood there is missing now"});
}

std::vector<RawPtr> read_blocks(const Clean& clean, Notes& notes) {
  std::vector<Finding> findings;
  auto documents = read_json(clean.text, clean.page->blocks, findings);
  for (const auto& finding : findings)
    notes.add({finding.where, "page", "", "", finding.rule, "this block was passed over"});
  return documents;
}

Finding finding(const Text& text, const Advice& advice) {
  return {{text.file, 1, 1}, "input", "", "", advice.rule, advice.remedy, ""};
}

}  // namespace

std::vector<RawPtr> read_documents(const Text& text, Notes& notes, std::vector<Finding>& findings) {
  if (const auto advice = advice_on_bytes(text)) {
    findings.push_back(finding(text, *advice));
    return {};
  }
  const auto clean = cleaned(text);
  if (clean.page) tell(*clean.page, text.file, notes);
  tell(clean.cuts, text.file, notes);
  const auto known = findings.size();
  auto documents = clean.page ? read_blocks(clean, notes) : read_json(clean.text, findings);
  if (!documents.empty()) return documents;
  const auto& shown = clean.page ? text : clean.text;
  if (const auto failure = advice_on_failure({text.file, as_utf8(text.content)})) {
    findings.resize(known);
    findings.push_back(finding(text, *failure));
  } else if (const auto advice = advice_on_text({text.file, as_utf8(shown.content)}, clean.page.has_value())) {
    findings.resize(known);
    findings.push_back(finding(text, *advice));
  } else if (findings.size() == known) {
    findings.push_back(finding(text, {clean.page ? "there is no JSON in it that is whole" : "there is no JSON in it",
                                      "save the command's output again, with `-o json`"}));
  }
  return documents;
}

}  // namespace xconn::importing
