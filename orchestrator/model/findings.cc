// SPDX-License-Identifier: Apache-2.0
#include "model/findings.hh"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>

#include "base/nearest.hh"
#include "base/text.hh"
#include "model/rules.hh"

namespace xconn::model {
namespace {

struct Collection {
  std::string_view key, object;
};

constexpr std::array<Collection, 20> kCollections{{{"nodes", "node"},
                                                   {"links", "link"},
                                                   {"providers", "provider"},
                                                   {"circuits", "circuit"},
                                                   {"vnets", "vnet"},
                                                   {"route-tables", "route table"},
                                                   {"gateways", "gateway"},
                                                   {"connections", "connection"},
                                                   {"load-balancers", "load balancer"},
                                                   {"ports", "port"},
                                                   {"global-reach", "global reach"},
                                                   {"route-filters", "route filter"},
                                                   {"public-services", "public service"},
                                                   {"nsgs", "nsg"},
                                                   {"local-gateways", "local gateway"},
                                                   {"encryption-gateways", "encryption gateway"},
                                                   // of a drill
                                                   {"flows", "flow"},
                                                   {"timeline", "step"},
                                                   {"steady", "steady path"},
                                                   {"expect", "expectation"}}};

std::string_view object_kind(const Path& path) {
  if (path.size() < 2) return {};
  for (const auto& collection : kCollections)
    if (collection.key == path.front().name) return collection.object;
  return {};
}

/// Escaped, and no longer than a line has room for. Not "quoted": of a string, std has a function of that name.
std::string shown(const std::string& text) {
  constexpr std::size_t kLongest = 80;
  std::size_t end = 0;
  while (end < text.size() && end < kLongest) {
    const auto character = character_at(text, end);
    end += character ? character->length : 1;
  }
  return printable(text.substr(0, end)) + (end < text.size() ? "..." : "");
}

std::string field_text(const Path& path, std::size_t from) {
  std::string out;
  for (auto i = from; i < path.size(); ++i) {
    if (path[i].index >= 0)
      out.append("[").append(std::to_string(path[i].index)).append("]");
    else
      out.append(out.empty() ? "" : ".").append(shown(path[i].name));
  }
  return out;
}

std::string object_text(const Path& path) {
  const auto kind = object_kind(path);
  if (kind.empty()) return {};
  const auto& step = path[1];
  return std::string(kind) + " " + (step.index >= 0 ? std::to_string(step.index + 1) : shown(step.name));
}

bool same_start(const Path& a, const Path& b) {
  const auto common = std::min(a.size(), b.size());
  return std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(common), b.begin());
}

Position best_place(const RawEntry& entry) {
  return entry.value->is_map() || entry.value->is_list() ? entry.at : entry.value->at;
}

}  // namespace

Finding finding_of(const Where& where, const Path& path, Fault fault) {
  const auto object = object_text(path);
  const std::string source(fault.code.empty() ? std::string_view{} : rule(fault.code, When::kFile).source);
  return {where,
          object,
          field_text(path, object.empty() ? 0 : 2),
          shown(fault.value),
          std::move(fault.rule),
          std::move(fault.remedy),
          std::move(fault.code),
          source};
}

void Findings::add(const Where& where, const Path& path, Fault fault) {
  paths_.push_back(path);
  add(finding_of(where, path, std::move(fault)));
}

void Findings::add(Finding finding) {
  ++total_;
  if (kept_.size() < kKept) kept_.push_back(std::move(finding));
  if (paths_.size() > kKept) paths_.pop_back();
}

void Findings::take(const Findings& other) {
  const auto keep = [](auto& all, const auto& more) {
    const auto room = std::min(kKept - std::min(kKept, all.size()), more.size());
    all.insert(all.end(), more.begin(), more.begin() + static_cast<std::ptrdiff_t>(room));
  };
  keep(kept_, other.kept_);
  keep(paths_, other.paths_);
  total_ += other.total_;
}

bool Findings::touched(const Path& path) const {
  return std::any_of(paths_.begin(), paths_.begin() + static_cast<std::ptrdiff_t>(read_),
                     [&](const Path& seen) { return seen.size() > 2 && same_start(seen, path); });
}

std::vector<Finding> Findings::take_out(const std::vector<std::string>& codes) {
  const auto is_wanted = [&](const Finding& finding) { return std::ranges::count(codes, finding.code) > 0; };
  std::vector<Finding> taken;
  std::ranges::copy_if(kept_, std::back_inserter(taken), is_wanted);
  std::erase_if(kept_, is_wanted);
  total_ -= taken.size();
  return taken;
}

void Findings::raise(const std::string& file) {
  if (total_ == 0) return;
  std::stable_sort(kept_.begin(), kept_.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.where.file, a.where.line, a.where.column) < std::tie(b.where.file, b.where.line, b.where.column);
  });
  if (total_ > kept_.size()) {
    Finding rest;
    rest.where.file = file;
    rest.rule = "and " + std::to_string(total_ - kept_.size()) + " more";
    rest.remedy = "correct these first";
    kept_.push_back(std::move(rest));
  }
  throw TopologyError(std::move(kept_));
}

Position locate(const Raw& root, const Path& path) {
  const Raw* raw = &root;
  auto place = root.at;
  for (const auto& step : path) {
    if (step.index >= 0) {
      if (!raw->is_list() || static_cast<std::size_t>(step.index) >= raw->items.size()) continue;
      raw = raw->items[static_cast<std::size_t>(step.index)].get();
      place = raw->at;
    } else if (raw->is_list()) {
      for (const auto& item : raw->items) {
        const auto* name = item->find("name");
        if (name == nullptr || name->value->text != step.name) continue;
        raw = item.get();
        place = raw->at;
        break;
      }
    } else if (const auto* entry = raw->find(step.name)) {
      raw = entry->value.get();
      place = best_place(*entry);
    } else {
      break;
    }
  }
  return place;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
  return xconn::did_you_mean(word, candidates);
}

std::string one_of(const std::vector<std::string_view>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

}  // namespace xconn::model
