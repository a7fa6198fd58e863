// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/daemon/selection.hh"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/join.hh"
#include "nodes/edge/daemon/health.hh"

namespace xconn::sdwan {
namespace {

using Candidates = std::vector<const Candidate*>;

Candidates usable(const std::vector<Candidate>& all) {
  Candidates result;
  for (const auto& candidate : all) {
    if (candidate.unusable.empty()) result.push_back(&candidate);
  }
  return result;
}

/// Those for which `better` holds; all when it holds for none.
template <typename Better>
Candidates prefer(const Candidates& all, Better better) {
  Candidates result;
  std::copy_if(all.begin(), all.end(), std::back_inserter(result), better);
  return result.empty() ? all : result;
}

bool in_sla(const Candidate* candidate) { return candidate->sla_miss.empty(); }
bool settled(const Candidate* candidate) { return candidate->held == Duration::zero(); }

/// Why the candidates that are not chosen are not.
std::string remarks(const std::vector<Candidate>& all, const std::vector<int>& chosen) {
  std::string text;
  for (const auto& candidate : all) {
    const bool taken = std::find(chosen.begin(), chosen.end(), candidate.member) != chosen.end();
    if (!candidate.unusable.empty()) {
      text += fmt::format("; {} {}", candidate.name, candidate.unusable);
    } else if (!candidate.sla_miss.empty()) {
      text += fmt::format("; {} out of SLA: {}", candidate.name, candidate.sla_miss);
    } else if (!taken && candidate.held > Duration::zero()) {
      text += fmt::format("; {} held down after recovery", candidate.name);
    }
  }
  return text;
}

struct Pick {
  Candidates chosen;
  std::string because;
};

Pick pick_manual(const network::SdwanRule&, const Candidates& candidates, const std::vector<int>&) {
  return {{prefer(candidates, settled).front()}, "first usable in order"};
}

Pick pick_lowest_cost(const network::SdwanRule&, const Candidates& candidates, const std::vector<int>&) {
  const auto key = [](const Candidate* c) { return std::make_tuple(!in_sla(c), !settled(c), c->cost, c->priority); };
  const auto* best = *std::min_element(candidates.begin(), candidates.end(),
                                       [&](const auto* a, const auto* b) { return key(a) < key(b); });
  return {{best}, fmt::format("lowest cost {} {}", best->cost, in_sla(best) ? "in SLA" : "(no member is in SLA)")};
}

double factor_of(network::LinkCostFactor factor, const Candidate& candidate) {
  constexpr double kNotMeasured = 1e18;
  const auto& quality = candidate.quality;
  if (factor == network::LinkCostFactor::kLoss) return quality.probes == 0 ? kNotMeasured : quality.loss;
  const auto& value = factor == network::LinkCostFactor::kLatency ? quality.latency : quality.jitter;
  return value ? static_cast<double>(value->count()) : kNotMeasured;
}

std::string factor_text(network::LinkCostFactor factor, const Candidate& candidate) {
  const auto& quality = candidate.quality;
  if (factor == network::LinkCostFactor::kLoss) return fmt::format("loss {:.3g}%", quality.loss * 100);
  const bool latency = factor == network::LinkCostFactor::kLatency;
  const auto& value = latency ? quality.latency : quality.jitter;
  return std::string(latency ? "latency " : "jitter ") + (value ? milliseconds_text(*value) : "not measured");
}

Pick pick_best_quality(const network::SdwanRule& rule, const Candidates& candidates, const std::vector<int>& current) {
  const auto choices = prefer(candidates, settled);
  const auto holds = [&](const Candidate* c) { return !current.empty() && c->member == current.front(); };
  auto incumbent = std::find_if(choices.begin(), choices.end(), holds);
  if (incumbent == choices.end()) incumbent = choices.begin();
  const double limit = factor_of(rule.factor, **incumbent) * (100 - rule.factor_threshold) / 100;
  const auto* best = *incumbent;
  for (auto it = choices.begin(); it != choices.end(); ++it) {
    const double value = factor_of(rule.factor, **it);
    const bool as_good_and_preferred = it < incumbent && value <= factor_of(rule.factor, **incumbent);
    const bool wins = value < limit || as_good_and_preferred;
    if (wins && (best == *incumbent || value < factor_of(rule.factor, *best))) best = *it;
  }
  return {{best}, "best " + factor_text(rule.factor, *best)};
}

Pick pick_all_in_sla(const network::SdwanRule&, const Candidates& candidates, const std::vector<int>&) {
  auto chosen = prefer(prefer(candidates, in_sla), settled);
  const bool sla = in_sla(chosen.front());
  return {chosen, fmt::format("spread per flow over {} {}", chosen.size(), sla ? "in SLA" : "(no member is in SLA)")};
}

using Picker = Pick (*)(const network::SdwanRule&, const Candidates&, const std::vector<int>&);

Picker picker(network::Strategy strategy) {
  switch (strategy) {
    case network::Strategy::kManual:
      return pick_manual;
    case network::Strategy::kBestQuality:
      return pick_best_quality;
    case network::Strategy::kLowestCost:
      return pick_lowest_cost;
    case network::Strategy::kMaximizeBandwidth:
      return pick_all_in_sla;
  }
  return pick_manual;
}

}  // namespace

Choice choose(const network::SdwanRule& rule, const std::vector<Candidate>& candidates,
              const std::vector<int>& current) {
  const auto open = usable(candidates);
  if (open.empty()) return {{}, "no member is usable" + remarks(candidates, {})};
  const auto pick = picker(rule.strategy)(rule, open, current);
  Choice choice;
  for (const auto* candidate : pick.chosen) choice.members.push_back(candidate->member);
  const auto names = join(pick.chosen, ", ", [](const auto* candidate) { return candidate->name; });
  choice.reason = names + ": " + pick.because + remarks(candidates, choice.members);
  return choice;
}

Choice choose_implicit(network::Implicit by, const std::vector<Candidate>& candidates) {
  Choice choice;
  for (const auto* candidate : usable(candidates)) choice.members.push_back(candidate->member);
  choice.reason = choice.members.empty() ? "no member is usable" : "spread by " + std::string(name_of(by));
  choice.reason += remarks(candidates, choice.members);
  return choice;
}

}  // namespace xconn::sdwan
