// SPDX-License-Identifier: Apache-2.0
#include "importing/text/expression.hh"

#include <cctype>

namespace xconn::importing {
namespace {

constexpr int kDeepestCall = 64;
constexpr std::string_view kWants = "wants parameter ";
constexpr std::string_view kWithoutValue = ", which has no value; give its parameters file too";

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Expression whole() {
    auto out = expression(0);
    skip_blanks();
    if (at_ != text_.size()) throw Unevaluated{"has '" + std::string(text_.substr(at_, 10)) + "' where it should end"};
    return out;
  }

 private:
  Expression expression(int depth) {
    if (depth > kDeepestCall) throw Unevaluated{"is nested too deeply"};
    skip_blanks();
    auto out = peek() == '\'' ? quoted() : is_digit() ? number() : call(depth);
    while (true) {
      skip_blanks();
      if (peek() == '.') {
        ++at_;
        out = {Expression::Kind::kMember, name(), {std::move(out)}};
      } else if (peek() == '[') {
        ++at_;
        auto index = expression(depth + 1);
        expect(']');
        out = {Expression::Kind::kMember, "", {std::move(out), std::move(index)}};
      } else {
        return out;
      }
    }
  }

  Expression quoted() {
    std::string out;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\'') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '\'') {
          ++at_;
          return {Expression::Kind::kText, out, {}};
        }
        ++at_;  // two quotes are one
      }
      out += text_[at_];
    }
    throw Unevaluated{"has a text without an end"};
  }

  Expression number() {
    const auto start = at_++;
    while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return {Expression::Kind::kNumber, std::string(text_.substr(start, at_ - start)), {}};
  }

  Expression call(int depth) {
    Expression out{Expression::Kind::kCall, name(), {}};
    if (peek() == '.') {
      ++at_;
      out.word += "." + name();
    }
    expect('(');
    skip_blanks();
    if (peek() == ')') {
      ++at_;
      return out;
    }
    while (true) {
      out.parts.push_back(expression(depth + 1));
      skip_blanks();
      if (peek() != ',') break;
      ++at_;
    }
    expect(')');
    return out;
  }

  std::string name() {
    const auto start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_'))
      ++at_;
    if (at_ == start) throw Unevaluated{"is none that can be read"};
    return std::string(text_.substr(start, at_ - start));
  }

  void expect(char wanted) {
    skip_blanks();
    if (peek() != wanted) throw Unevaluated{std::string("has no '") + wanted + "' where one should be"};
    ++at_;
  }

  void skip_blanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool is_digit() const { return peek() == '-' || std::isdigit(static_cast<unsigned char>(peek())) != 0; }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string missing_parameter(const std::string& name) {
  return std::string(kWants) + name + std::string(kWithoutValue);
}

std::string missing_parameter_in(const std::string& reason) {
  if (!reason.starts_with(kWants) || !reason.ends_with(kWithoutValue)) return {};
  return reason.substr(kWants.size(), reason.size() - kWants.size() - kWithoutValue.size());
}

bool is_expression(const std::string& text) {
  return text.size() > 2 && text.front() == '[' && text[1] != '[' && text.back() == ']';
}

Expression parse_expression(const std::string& text) {
  return Parser(std::string_view(text).substr(1, text.size() - 2)).whole();
}

}  // namespace xconn::importing
