// SPDX-License-Identifier: Apache-2.0
// ARM's template expressions: "[concat(parameters('prefix'), '-hub')]". Text to tree; evaluating is in arm_scope.hh.
// (Microsoft Learn, "Syntax and expressions in ARM templates".)
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace xconn::importing {

struct Expression {
  enum class Kind { kText, kNumber, kCall, kMember };

  Kind kind = Kind::kText;
  std::string
      word;  ///< the text, the number, the function's ("contoso.named" is a template's own) or the member's name
  std::vector<Expression> parts;  ///< a call's arguments; a member's holder, and its index when `word` is empty
};

/// Why an expression has no value here: what follows "this expression".
struct Unevaluated {
  std::string reason;
  bool is_told = false;  ///< there is a note on it already
};

/// Why an expression that wants this parameter has no value.
std::string missing_parameter(const std::string& name);
/// The parameter's name in such a reason; empty in others.
std::string missing_parameter_in(const std::string& reason);

/// Whether a string is an expression; "[[" begins a text with one bracket.
bool is_expression(const std::string& text);

/// Without the brackets. Throws Unevaluated.
Expression parse_expression(const std::string& text);

}  // namespace xconn::importing
