// SPDX-License-Identifier: Apache-2.0
// Network security groups. Empty means any here, so a rule that lost one of its sides is left out.
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

/// Reads one rule. `lost` says what is not known of it.
class RuleReader {
 public:
  explicit RuleReader(Fields& fields) : fields_(fields) {}

  network::SecurityRule read() {
    network::SecurityRule rule;
    rule.access = choice("access", network::Access::kDeny);
    rule.direction = choice("direction", rule.direction);
    rule.protocol = choice("protocol", rule.protocol);
    rule.priority = priority();
    demand_no_groups({"sourceApplicationSecurityGroups", "destinationApplicationSecurityGroups"});
    rule.sources = side<std::string>({"sourceAddressPrefix", "sourceAddressPrefixes"}, read_end);
    rule.destinations = side<std::string>({"destinationAddressPrefix", "destinationAddressPrefixes"}, read_end);
    rule.source_ports = side<Ports>({"sourcePortRange", "sourcePortRanges"}, read_ports);
    rule.destination_ports = side<Ports>({"destinationPortRange", "destinationPortRanges"}, read_ports);
    return rule;
  }

  const std::string& lost() const { return lost_; }
  const std::vector<LostPart>& lost_parts() const { return lost_parts_; }

 private:
  void lose(std::string_view what, const std::string& why) {
    if (lost_.empty()) lost_ = std::string(what) + " " + why;
  }

  template <model::HasNames Enum>
  Enum choice(const char* key, Enum otherwise) {
    return model::Word<Enum>::parse(word(key, model::Word<Enum>::kTexts)).value_or(otherwise);
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
        lose(key, "names application security groups, and their members are not carried over");
  }

  /// Both spellings together; nothing is any. What is lost of it makes the rule narrower, or is lost whole.
  template <class Part>
  std::vector<Part> side(std::initializer_list<const char*> keys, Read<Part> (*parse)(const std::string&)) {
    std::vector<Part> parts;
    bool is_open = false;
    std::string why;
    for (const auto* key : keys)
      for (const auto* item : fields_.items(key)) {
        const auto one = is_any(item->text) ? Read<Part>{} : parse(item->text);
        is_open = is_open || is_any(item->text);
        if (one.part) parts.push_back(*one.part);
        if (one.lost.empty()) continue;
        why = "= " + printable(item->text) + " " + one.lost;
        lost_parts_.push_back({item, key, one.lost});
      }
    if (is_open) return {};
    if (parts.empty()) lose(*keys.begin(), why.empty() ? kUnknown : why);
    return parts;
  }

  static constexpr const char* kUnknown = "has no value in the files";
  Fields& fields_;
  std::string lost_;
  std::vector<LostPart> lost_parts_;
};

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
  if (!reader.lost().empty())
    return fields.note("", "nothing is left of one of its sides: " + reader.lost(),
                       rule.access == network::Access::kAllow ? "the rule was left out, for empty would mean any"
                                                              : "the rule was left out: nothing denies it now");
  for (const auto& part : reader.lost_parts()) fields.note(*part.value, part.key, part.why, "it was left out");
  rule.name =
      draft.name_for(resource.id, "rule of " + resource.id.parent().path(), resource.at.where(), fields.object());
  nsg->rules.push_back(std::move(rule));
}

}  // namespace xconn::importing
