// SPDX-License-Identifier: Apache-2.0
#include "importing/text/advice.hh"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string_view>

#include "importing/text/comments.hh"
#include "importing/text/notes.hh"
#include "importing/text/words.hh"

namespace xconn::importing {
namespace {

/// What is put into FILE's place in a remedy.
constexpr std::string_view kFile = "FILE";

struct Row {
  bool (*is)(std::string_view text);
  std::string_view rule, remedy;
};

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

/// Whether a line for which `is` holds is among the first thousand.
template <class Predicate>
bool has_line(std::string_view text, Predicate is) {
  constexpr int kLines = 1000;
  for (int i = 0; i < kLines && !text.empty(); ++i) {
    const auto end = text.find('\n');
    if (is(trimmed(text.substr(0, end)))) return true;
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  return false;
}

bool has_line_from(std::string_view text, std::initializer_list<std::string_view> starts) {
  return has_line(text, [&](std::string_view line) {
    return std::ranges::any_of(starts, [&](auto start) { return line.starts_with(start); });
  });
}

std::string_view first_line(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text.substr(0, text.find_first_of("\r\n"));
}

// --- by its first bytes ----------------------------------------------------------------------------------------------

bool is_plan_file(std::string_view text) { return text.starts_with("PK") && contains(text, "tfplan"); }
bool is_workbook(std::string_view text) { return text.starts_with("PK") && contains(text, "xl/"); }
bool is_zip(std::string_view text) { return text.starts_with("PK\x03\x04") || text.starts_with("PK\x05\x06"); }
bool is_gzip(std::string_view text) { return text.starts_with("\x1f\x8b"); }
bool is_picture(std::string_view text) {
  return text.starts_with("\x89PNG") || text.starts_with("\xff\xd8\xff") || text.starts_with("%PDF");
}

bool is_markup(std::string_view text) {
  const auto line = first_line(text);
  return line.starts_with("<!DOCTYPE") || line.starts_with("<!doctype") || line.starts_with("<html") ||
         line.starts_with("<?xml");
}

constexpr Row kBytes[] = {
    {[](std::string_view text) { return text.empty(); }, "is empty: there is no JSON in it",
     "save the command's output again, with `-o json`"},
    {is_plan_file, "is a plan as Terraform keeps it", "`terraform show -json FILE > plan.json`, and import that"},
    {is_workbook, "is a workbook", "ask for JSON: `az network vnet list > vnets.json`"},
    {is_zip, "is a zip", "unpack it (`unzip FILE`), and give the files that are in it"},
    {is_gzip, "is compressed", "`gunzip FILE`, and import what that makes"},
    {is_picture, "is a picture or a document",
     "ask for JSON: `az network vnet list > vnets.json`, or take the JSON view of the portal"},
    {is_markup, "is a page of a browser, not what the API said",
     "save the command's output, or the portal's JSON view"},
};

// --- by its words ----------------------------------------------------------------------------------------------------

/// What az prints when a command fails: "(ResourceNotFound) The Resource ... was not found."
bool is_az_error(std::string_view text) {
  const auto line = first_line(text);
  const auto end = line.find(") ");
  return line.starts_with("ERROR: ") ||
         (line.starts_with('(') && end != line.npos && end > 1 &&
          std::ranges::all_of(line.substr(1, end - 1), [](unsigned char c) { return std::isalnum(c) != 0; }));
}

bool is_bicep_parameters(std::string_view text) { return has_line_from(text, {"using '", "using none"}); }

bool is_bicep(std::string_view text) {
  return has_line_from(text, {"targetScope =", "targetScope="}) || has_line(text, [](std::string_view line) {
           const bool is_declared = line.starts_with("resource ") || line.starts_with("module ");
           return (is_declared && contains(line, "'")) || (line.starts_with("param ") && line.find('"') == line.npos) ||
                  line.starts_with("@description('");
         });
}

bool is_terraform_text(std::string_view text) {
  return has_line(text, [](std::string_view line) {
    return contains(line, "resource \"azurerm_") || contains(line, "resource \"azapi_") ||
           contains(line, "data \"azurerm_");
  });
}
bool is_terraform_log(std::string_view text) {
  return contains(text, "Terraform will perform the following actions") ||
         contains(text, "OpenTofu will perform the following actions");
}
bool is_hcl(std::string_view text) {
  return is_terraform_text(text) ||
         has_line_from(text, {"module \"", "variable \"", "provider \"", "terraform {", "locals {", "output \""});
}
bool is_hcl_values(std::string_view text) {
  return has_line(text, [](std::string_view line) {
    const auto at = line.find('=');
    return at != line.npos && at > 0 && line.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_ \t") == at;
  });
}

/// "-----  -----" below the heads of columns.
bool is_table(std::string_view text) {
  return has_line(text, [](std::string_view line) {
    return line.starts_with("---") && line.find_first_not_of("- ") == line.npos && line.size() > 4;
  });
}
bool is_boxed_table(std::string_view text) { return has_line_from(text, {"+--", "|--", "| --"}); }

/// "AddressSpace : {...}", as Format-List writes.
bool is_powershell(std::string_view text) {
  return has_line(text, [](std::string_view line) {
    const auto colon = line.find(" : ");
    return colon != line.npos && colon > 0 && std::isupper(static_cast<unsigned char>(line[0])) != 0 &&
           line.substr(0, std::min(line.find(' '), colon)).find_first_of(",.;\"'") == line.npos;
  });
}

bool is_our_topology(std::string_view text) {
  return has_line_from(text, {"circuits:", "links:", "nodes:"}) && !contains(text, "/subscriptions/");
}

bool is_yaml(std::string_view text) {
  return first_line(text).starts_with("---") || has_line(text, [](std::string_view line) {
           if (line.starts_with("- ")) line.remove_prefix(2);
           const auto colon = line.find(':');
           const bool is_key = colon != line.npos && colon > 0 && line.find_first_of(" \t\"'{[(") > colon;
           return is_key && (colon + 1 == line.size() || line[colon + 1] == ' ');
         });
}

bool has_many(std::string_view line, char separator) { return std::ranges::count(line, separator) >= 2; }
bool is_csv(std::string_view text) { return has_many(first_line(text), ',') || has_many(first_line(text), ';'); }
bool is_tsv(std::string_view text) { return has_many(first_line(text), '\t'); }

constexpr std::string_view kAsJson = "ask for JSON: run the same command with `-o json`";

constexpr std::string_view kAsPlan =
    "`terraform plan -out plan && terraform show -json plan > plan.json`, and import that";

/// These say so in words of their own.
constexpr Row kTexts[] = {
    {is_terraform_log, "is what Terraform tells people", kAsPlan},
    {is_terraform_text, "is Terraform's source", kAsPlan},
    {is_bicep_parameters, "is Bicep's parameters",
     "`az bicep build-params --file FILE`, and import what that makes with its template"},
    {is_bicep, "is Bicep", "`az bicep build --file FILE`, and import the JSON that it makes"},
    {is_hcl, "is Terraform's source", kAsPlan},
    {is_table, "is a table", kAsJson},
    {is_boxed_table, "is a table", kAsJson},
    {is_powershell, "is what PowerShell shows on the screen",
     "pipe it: `Get-AzVirtualNetwork | ConvertTo-Json -Depth 20 > vnets.json`"},
    {is_our_topology, "is a topology already", "`xconn validate FILE`"},
};

/// These only look like it.
constexpr Row kLooks[] = {
    {is_hcl_values, "is values of Terraform's variables", kAsPlan},
    {is_yaml, "is YAML", kAsJson},
    {is_tsv, "is a list with tabs", kAsJson},
    {is_csv, "is a list with commas", "ask for JSON: `az network vnet list > vnets.json`, or `az graph query`"},
};

template <std::size_t N>
std::optional<Advice> first_that_fits(const Row (&rows)[N], const Text& text) {
  const auto row = std::ranges::find_if(rows, [&](const Row& each) { return each.is(text.content); });
  if (row == std::end(rows)) return std::nullopt;
  std::string remedy(row->remedy);
  if (const auto at = remedy.find(kFile); at != std::string::npos) remedy.replace(at, kFile.size(), text.file);
  return Advice{std::string(row->rule), remedy};
}

}  // namespace

std::optional<Advice> advice_on_bytes(const Text& text) {
  if (text.content.size() > kLargestFile) return Advice{"is larger than 64 MiB", "import parts of it"};
  return first_that_fits(kBytes, text);
}

std::optional<Advice> advice_on_failure(const Text& text) {
  if (!is_az_error(text.content)) return std::nullopt;
  return Advice{"is what az says of a command that failed: " + printable(std::string(first_line(text.content))),
                "do what it wants, and save the command's output again"};
}

std::optional<Advice> advice_on_text(const Text& text, bool is_page) {
  if (text.content.find('\0') != std::string::npos) return Advice{"is no text", "save the command's output again"};
  if (begins_as_json(text.content)) return std::nullopt;
  auto advice = first_that_fits(kTexts, text);
  return advice || is_page ? advice : first_that_fits(kLooks, text);
}

}  // namespace xconn::importing
