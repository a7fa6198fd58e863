// SPDX-License-Identifier: Apache-2.0
#include "cli/verb.hh"

#include <CLI/CLI.hpp>
#include <optional>

namespace xconn::cli {

Option Option::required() const { return Option(*option_->required()); }

Option Option::one_of(std::vector<std::string> words) const {
  return Option(*option_->check(CLI::IsMember(std::move(words))));
}

Option Option::environment(const char* variable) const { return Option(*option_->envname(variable)); }

Option Option::excludes(Option other) const { return Option(*option_->excludes(other.option_)); }

Option Option::between(int least, int most) const { return Option(*option_->expected(least, most)); }

Option Option::repeatable() const { return Option(*option_->expected(1)->take_all()); }

Option Option::comma_separated() const { return Option(*option_->delimiter(',')->allow_extra_args(false)); }

Verb Verb::add(const std::string& name, const std::string& help) const { return *app_->add_subcommand(name, help); }

template <class Value>
Option Verb::option(const std::string& names, Value& value, const std::string& help) const {
  return Option(*app_->add_option(names, value, help));
}

template Option Verb::option(const std::string&, std::string&, const std::string&) const;
template Option Verb::option(const std::string&, std::optional<std::string>&, const std::string&) const;
template Option Verb::option(const std::string&, std::vector<std::string>&, const std::string&) const;
template Option Verb::option(const std::string&, int&, const std::string&) const;

Option Verb::flag(const std::string& names, bool& value, const std::string& help) const {
  return Option(*app_->add_flag(names, value, help));
}

Verb Verb::alias(const std::string& name) const { return *app_->alias(name); }

Verb Verb::hidden() const { return *app_->group(""); }

Verb Verb::needs_subverb() const { return *app_->require_subcommand(1); }

void Verb::positionals_at_end() const { app_->positionals_at_end(); }

void Verb::take_the_rest() const { app_->prefix_command(); }

void Verb::footer(const std::string& text) const { app_->footer(text); }

std::vector<std::string> Verb::remaining() const { return app_->remaining(); }

void refuse(const std::string& option, const std::string& reason) { throw CLI::ValidationError(option, reason); }

}  // namespace xconn::cli
