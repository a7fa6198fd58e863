// SPDX-License-Identifier: Apache-2.0
// ARM's template functions on texts and dates, a row each (Microsoft Learn, "ARM template functions").
#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>

#include "importing/arm/call.hh"

namespace xconn::importing {
namespace {

// --- addresses of pages ----------------------------------------------------------------------------------------------

std::string escaped(const std::string& text) {
  constexpr std::string_view kHex = "0123456789ABCDEF", kPlain = "-_.~";
  std::string out;
  for (const unsigned char c : text)
    if (std::isalnum(c) != 0 || kPlain.find(static_cast<char>(c)) != kPlain.npos)
      out += static_cast<char>(c);
    else
      (out += '%', out += kHex[c >> 4], out += kHex[c & 0xf]);
  return out;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const auto letter = std::tolower(static_cast<unsigned char>(c));
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : digit_of(text[i + 2]);
    out += low < 0 ? text[i] : static_cast<char>(high << 4 | low);
    if (low >= 0) i += 2;
  }
  return out;
}

/// uri('https://host/a/main.json', 'nested/b.json') is https://host/a/nested/b.json.
RawPtr uri(const Call& call) {
  const auto& base = call.text(0);
  const auto& relative = call.text(1);
  if (relative.find("://") != std::string::npos) return call.of(relative);
  const auto scheme = base.find("://");
  const auto host = scheme == std::string::npos ? 0 : base.find('/', scheme + 3);
  if (host == std::string::npos) return call.of(base + (relative.starts_with('/') ? "" : "/") + relative);
  if (relative.starts_with('/')) return call.of(base.substr(0, host) + relative);
  const auto slash = base.rfind('/');
  return call.of(base.substr(0, slash == std::string::npos ? 0 : slash + 1) + relative);
}

// --- dates -----------------------------------------------------------------------------------------------------------

using Seconds = std::chrono::sys_seconds;

Seconds date_of(const std::string& text) {
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
  const auto count = std::sscanf(text.c_str(), "%4d-%2d-%2d%*1[T ]%2d:%2d:%2d", &y, &mo, &d, &h, &mi, &s);
  const auto day = std::chrono::year(y) / mo / d;
  if (count < 3 || !day.ok()) throw Unevaluated{"reads a text that is no date"};
  return std::chrono::sys_days(day) + std::chrono::seconds(h * 3600 + mi * 60 + s);
}

/// .NET's yyyy, MM, dd, HH, mm and ss.
std::string shown(Seconds at, std::string pattern) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(at - day);
  const auto put = [&](const std::string& sign, long long value) {
    auto digits = std::to_string(value);
    digits.insert(0, sign.size() > digits.size() ? sign.size() - digits.size() : 0, '0');
    if (const auto found = pattern.find(sign); found != std::string::npos) pattern.replace(found, sign.size(), digits);
  };
  if (pattern.empty() || pattern == "u") pattern = pattern.empty() ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-dd HH:mm:ssZ";
  if (pattern == "d") pattern = "MM/dd/yyyy";
  put("yyyy", static_cast<int>(date.year()));
  put("MM", static_cast<unsigned>(date.month()));
  put("dd", static_cast<unsigned>(date.day()));
  put("HH", clock.hours().count());
  put("mm", clock.minutes().count());
  put("ss", clock.seconds().count());
  return pattern;
}

/// Nobody knows when it will be deployed; the same text gives the same topology.
RawPtr utc_now(const Call& call) {
  call.scope.made_up("utcNow");
  constexpr std::chrono::year_month_day kDay = std::chrono::year(2026) / 1 / 1;
  return call.of(shown(std::chrono::sys_days(kDay), call.count() > 0 ? call.text(0) : ""));
}

struct IsoDuration {
  long long years = 0, months = 0, seconds = 0;
};

void add_unit(IsoDuration& out, char unit, bool is_time, long long value) {
  constexpr long long kMinute = 60, kHour = 3600, kDay = 86400;
  if (unit == 'Y') out.years += value;
  if (unit == 'M' && !is_time) out.months += value;
  if (unit == 'W') out.seconds += value * 7 * kDay;
  if (unit == 'D') out.seconds += value * kDay;
  if (unit == 'H') out.seconds += value * kHour;
  if (unit == 'M' && is_time) out.seconds += value * kMinute;
  if (unit == 'S') out.seconds += value;
}

/// ISO 8601: "-P1Y2M3DT4H5M6S"
IsoDuration duration_of(const std::string& text) {
  constexpr long long kMost = 100'000;
  IsoDuration out;
  const bool is_back = text.starts_with('-');
  bool is_time = false;
  long long value = 0;
  for (const char c : text.substr(is_back ? 1 : 0)) {
    if (c == 'P') continue;
    if (c == 'T') is_time = true;
    if (c == 'T') continue;
    if (std::isdigit(static_cast<unsigned char>(c)) != 0)
      value = std::min(value * 10 + (c - '0'), kMost);
    else
      add_unit(out, c, is_time, std::exchange(value, 0));
  }
  return is_back ? IsoDuration{-out.years, -out.months, -out.seconds} : out;
}

RawPtr date_time_add(const Call& call) {
  const auto base = date_of(call.text(0));
  const auto added = duration_of(call.text(1));
  const auto day = std::chrono::floor<std::chrono::days>(base);
  auto date = std::chrono::year_month_day(day) + std::chrono::years(added.years) + std::chrono::months(added.months);
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
  const auto at = std::chrono::sys_days(date) + (base - day) + std::chrono::seconds(added.seconds);
  return call.of(shown(at, call.count() > 2 ? call.text(2) : ""));
}

// --- the others ------------------------------------------------------------------------------------------------------

/// "{0:D3}" of 7 is 007, "{0:00}" is 07.
std::string formatted(const std::string& text, const std::string& how) {
  const bool is_digits = how.find_first_not_of('0') == std::string::npos;
  const bool is_decimal = how.size() > 1 && (how[0] == 'D' || how[0] == 'd');
  if (!is_digits && !is_decimal) return text;
  const auto width = is_digits ? how.size() : static_cast<std::size_t>(number_of(*make_text(how.substr(1), {})));
  constexpr std::size_t kWidest = 64;
  return std::string(width > text.size() ? std::min(width, kWidest) - std::min(kWidest, text.size()) : 0, '0') + text;
}

std::string argument_of(const Call& call, const std::string& inner) {
  const auto colon = inner.find(':');
  const auto index = static_cast<std::size_t>(number_of(*make_text(inner.substr(0, inner.find_first_of(":,")), {})));
  if (index + 1 >= call.count()) throw Unevaluated{"wants argument {" + inner + "}, which is not there"};
  const auto& text = call.text(index + 1);
  return colon == std::string::npos ? text : formatted(text, inner.substr(colon + 1));
}

/// format('{0}-{1}', a, b); "{{" is one bracket.
RawPtr format(const Call& call) {
  std::string out;
  const auto& pattern = call.text(0);
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const bool is_double = at + 1 < pattern.size() && pattern[at] == pattern[at + 1];
    const auto end = pattern[at] == '{' && !is_double ? pattern.find('}', at) : std::string::npos;
    if (end == std::string::npos) {
      out += pattern[at];
      at += is_double && (pattern[at] == '{' || pattern[at] == '}') ? 1 : 0;
      continue;
    }
    out += argument_of(call, pattern.substr(at + 1, end - at - 1));
    at = end;
    if (out.size() > kLargestValue) throw Unevaluated{"has a value that is too large"};
  }
  return call.of(out);
}

bool begins_with_any(const std::string& text, std::size_t at, const Raw& separators, std::size_t& length) {
  const auto fits = [&](const std::string& each) {
    length = each.size();
    return !each.empty() && text.compare(at, each.size(), each) == 0;
  };
  if (separators.is_scalar()) return fits(separators.text);
  return std::ranges::any_of(separators.items, [&](const auto& each) { return fits(each->text); });
}

/// At a text, or at any of a list of them.
RawPtr split(const Call& call) {
  if (call.raw(1).is_scalar() && call.text(1).empty()) throw Unevaluated{"splits at nothing"};
  std::vector<RawPtr> out;
  const auto& text = call.text(0);
  std::size_t from = 0, length = 0;
  for (std::size_t at = 0; at < text.size();)
    if (begins_with_any(text, at, call.raw(1), length)) {
      out.push_back(call.of(text.substr(from, at - from)));
      from = at += length;
    } else {
      ++at;
    }
  out.push_back(call.of(text.substr(from)));
  return call.list(std::move(out));
}

RawPtr data_uri(const Call& call) { return call.of("data:text/plain;charset=utf8;base64," + to_base64(call.text(0))); }

RawPtr data_uri_to_string(const Call& call) {
  const auto comma = call.text(0).find(',');
  if (comma == std::string::npos) throw Unevaluated{"reads a text that is no data URI"};
  const bool is_base64 = call.text(0).substr(0, comma).find("base64") != std::string::npos;
  const auto data = call.text(0).substr(comma + 1);
  return call.of(is_base64 ? from_base64(data) : unescaped(data));
}

const ArmFunction kTextFunctions[] = {
    {"format", 1, format},
    {"split", 2, split},
    {"uri", 2, uri},
    {"uriComponent", 1, [](const Call& c) { return c.of(escaped(c.text(0))); }},
    {"uriComponentToString", 1, [](const Call& c) { return c.of(unescaped(c.text(0))); }},
    {"dataUri", 1, data_uri},
    {"dataUriToString", 1, data_uri_to_string},
    {"utcNow", 0, utc_now},
    {"dateTimeAdd", 2, date_time_add},
    {"dateTimeFromEpoch", 1,
     [](const Call& c) {
       constexpr long long kFar = 250'000'000'000;
       return c.of(shown(Seconds(std::chrono::seconds(std::clamp(c.number(0), -kFar, kFar))), ""));
     }},
    {"dateTimeToEpoch", 1,
     [](const Call& c) { return c.of(static_cast<long long>(date_of(c.text(0)).time_since_epoch().count())); }},
};

}  // namespace

std::span<const ArmFunction> arm_text_functions() { return kTextFunctions; }

}  // namespace xconn::importing
