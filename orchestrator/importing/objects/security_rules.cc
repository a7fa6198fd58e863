// SPDX-License-Identifier: Apache-2.0
// Network security groups. Empty means any here, so a rule that lost one of its sides is left out, as is one of which
// something else is not known.
#include <algorithm>
#include <charconv>

#include "base/azure.hh"
#include "importing/objects/types.hh"

namespace xconn::importing {
namespace {

using model::Raw;
using Ports = std::pair<std::uint16_t, std::uint16_t>;

/// A part of a side, or why it is none.
template <class Part>
struct Read {
  std::optional<Part> part;
  std::string lost = {};
};

bool is_any(const std::string& text) { return text == "*" || same_word(text, "any"); }

std::optional<std::uint16_t> port_number(std::string_view digits) {
  std::uint16_t number = 0;
  const auto [stop, error] = std::from_chars(digits.begin(), digits.end(), number);
  return error == std::errc() && stop == digits.end() ? std::optional(number) : std::nullopt;
}

/// 80 or "8000-8100"
Read<Ports> read_ports(const std::string& text) {
  const std::string_view all = text;
  const auto dash = all.find('-');
  const auto first = port_number(all.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : port_number(all.substr(dash + 1));
  if (!first || !last || *first > *last) return {std::nullopt, "is no port and no range of ports"};
  return {Ports{*first, *last}};
}

/// A prefix, an address alone, or one of the service tags that a lab's fabric knows, in Azure's spelling.
Read<std::string> read_end(const std::string& text) {
  for (const auto* tag : {"VirtualNetwork", "AzureLoadBalancer", "Internet"})
    if (same_word(text, tag)) return {tag};
  const auto prefix = Prefix::parse(text);
  if (prefix && prefix->is_v4()) return {text};
  return {std::nullopt, is_placeholder(text) ? "is a placeholder" : "is no IPv4 prefix and no service tag known here"};
}

/// One of several that a side has.
struct LostPart {
  const Raw* value;
  const char* key;
  std::string why;
};

/// Why a rule cannot be carried over.
struct Lost {
  std::string why;
  bool is_side = false;  ///< nothing is left of it, and empty would be any
};

/// Reads one rule. `lost` says what is not known of it.
class RuleReader {
 public:
  explicit RuleReader(Fields& fields) : fields_(fields) {}

  network::SecurityRule read() {
    network::SecurityRule rule;
    access_ = choice<network::Access>("access");
    rule.access = access_.value_or(rule.access);
    rule.direction = choice<network::Direction>("direction").value_or(rule.direction);
    rule.protocol = choice<network::TrafficProtocol>("protocol").value_or(rule.protocol);
    rule.priority = priority();
    demand_no_groups({"sourceApplicationSecurityGroups", "destinationApplicationSecurityGroups"});
    rule.sources = side<std::string>({"sourceAddressPrefix", "sourceAddressPrefixes"}, read_end);
    rule.destinations = side<std::string>({"destinationAddressPrefix", "destinationAddressPrefixes"}, read_end);
    rule.source_ports = side<Ports>({"sourcePortRange", "sourcePortRanges"}, read_ports);
    rule.destination_ports = side<Ports>({"destinationPortRange", "destinationPortRanges"}, read_ports);
    return rule;
  }

  const std::optional<Lost>& lost() const { return lost_; }
  /// nullopt when it is not known.
  const std::optional<network::Access>& access() const { return access_; }
  const std::vector<LostPart>& lost_parts() const { return lost_parts_; }

 private:
  void lose(std::string_view what, const std::string& why, bool is_side = false) {
    if (!lost_) lost_ = {std::string(what) + " " + why, is_side};
  }

  template <model::HasNames Enum>
  std::optional<Enum> choice(const char* key) {
    return model::Word<Enum>::parse(word(key, model::Word<Enum>::kTexts));
  }

  std::string word(const char* key, std::span<const std::string_view> words) {
    const auto* value = fields_.raw(key);
    const auto text = value == nullptr ? "" : is_any(value->text) ? "*" : value->text;
    const auto found = std::ranges::find_if(words, [&](auto each) { return same_word(each, text); });
    if (found != words.end()) return std::string(*found);
    lose(key, text.empty() ? kUnknown : "is not known here");
    return {};
  }

  int priority() {
    const auto number =
        fields_.number("priority", azure::kFirstPriority, azure::kLastPriority, "the rule was left out");
    if (!number) lose("priority", kUnknown);
    return static_cast<int>(number.value_or(0));
  }

  void demand_no_groups(std::initializer_list<const char*> keys) {
    for (const auto* key : keys)
      if (const auto* groups = fields_.raw(key); groups != nullptr && says_something(*groups))
        lose(key, "names application security groups, and their members are not carried over", true);
  }

  /// Both spellings together; nothing is any. What is lost of it makes the rule narrower, or is lost whole.
  template <class Part>
  std::vector<Part> side(std::initializer_list<const char*> keys, Read<Part> (*parse)(const std::string&)) {
    std::vector<Part> parts;
    bool is_open = false;
    std::string why;
    for (const auto* key : keys) {
      note_unknown(key);
      for (const auto* item : fields_.items(key)) {
        const auto one = is_any(item->text) ? Read<Part>{} : parse(item->text);
        is_open = is_open || is_any(item->text);
        if (one.part) parts.push_back(*one.part);
        if (one.lost.empty()) continue;
        why = "= " + printable(item->text) + " " + one.lost;
        lost_parts_.push_back({item, key, one.lost});
      }
    }
    if (is_open) return {};
    if (parts.empty()) lose(*keys.begin(), why.empty() ? kUnknown : why, true);
    return parts;
  }

  /// What has a place in a list, and no value.
  void note_unknown(const char* key) {
    const auto* list = fields_.raw(key);
    if (list == nullptr) return;
    for (const auto& item : list->items)
      if (item->is_null() || (item->is_scalar() && item->text.empty()))
        lost_parts_.push_back({item.get(), key, kUnknown});
  }

  static constexpr const char* kUnknown = "has no value in the files";
  Fields& fields_;
  std::optional<network::Access> access_;
  std::optional<Lost> lost_;
  std::vector<LostPart> lost_parts_;
};

/// What its absence means.
std::string instead_of_rule(const RuleReader& reader) {
  const std::string left_out = "the rule was left out";
  if (!reader.access()) return left_out + ": it may be one that denies";
  if (*reader.access() == network::Access::kDeny) return left_out + ": nothing denies it now";
  return left_out + (reader.lost()->is_side ? ", for empty would mean any" : ": nothing allows it now");
}

std::string instead_of_part(const network::SecurityRule& rule) {
  return rule.access == network::Access::kDeny ? "it was left out: the rule denies less now" : kLeftOut;
}

}  // namespace

void carry_nsg(const Resource& resource, Fields& fields, Draft& draft) {
  const auto name = draft.name_for(resource.id, "NSG", resource.at.where(), fields.object());
  fields.ignore({"securityRules", "defaultSecurityRules", "subnets", "networkInterfaces", "securityRule"});
  draft.topology.nsgs.push_back({resource.at.where(), name, {}});
}

void carry_security_rule(const Resource& resource, Fields& fields, Draft& draft) {
  auto* nsg = find_named(draft.topology.nsgs, draft.name_of(resource.id.parent()));
  RuleReader reader(fields);
  auto rule = reader.read();
  fields.ignore({"description"});
  if (nsg == nullptr) return fields.note("", "its NSG is in none of the files", "it was left out");
  if (const auto& lost = reader.lost())
    return fields.note("", (lost->is_side ? "nothing is left of one of its sides: " : "") + lost->why,
                       instead_of_rule(reader));
  for (const auto& part : reader.lost_parts()) fields.note(*part.value, part.key, part.why, instead_of_part(rule));
  rule.name =
      draft.name_for(resource.id, "rule of " + resource.id.parent().path(), resource.at.where(), fields.object());
  nsg->rules.push_back(std::move(rule));
}

}  // namespace xconn::importing
