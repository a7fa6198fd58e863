// ARM's functions on values, one row an example of Microsoft Learn's kind.
#include <gtest/gtest.h>

#include "importing/arm_call.hh"
#include "importing/import.hh"

namespace xconn::importing {
namespace {

struct Example {
  const char *expression, *value;
};

std::string as_text(const Raw& raw) {
  if (raw.is_null()) return "null";
  if (raw.is_scalar()) return raw.text;
  std::string out;
  for (const auto& item : raw.items) out += (out.empty() ? "" : ",") + as_text(*item);
  for (const auto& entry : raw.entries) out += (out.empty() ? "" : ",") + entry.key + "=" + as_text(*entry.value);
  return (raw.is_list() ? "[" : "{") + out + (raw.is_list() ? "]" : "}");
}

std::string evaluated(const std::string& expression) {
  Notes notes;
  const Raw none;
  ArmWork work;
  ArmScope scope(none, {}, {"deployed", "group", "main.json"}, notes, work);
  return as_text(*scope.call(parse_expression("[" + expression + "]"), {}));
}

class ArmFunctions : public testing::TestWithParam<Example> {};

TEST_P(ArmFunctions, HaveTheirValue) { EXPECT_EQ(evaluated(GetParam().expression), GetParam().value); }

INSTANTIATE_TEST_SUITE_P(
    Values, ArmFunctions,
    testing::Values(
        Example{R"(json('{"a": [1, "x"], "b": {"c": true}}'))", "{a=[1,x],b={c=true}}"},
        Example{R"(json('{"a": {"b": 7}}').a.b)", "7"}, Example{R"(json('"text"'))", "text"},
        Example{"json('12')", "12"}, Example{"json('null')", "null"}, Example{"json('true')", "true"},
        Example{"base64('one, two')", "b25lLCB0d28="}, Example{"base64('abc')", "YWJj"}, Example{"base64('')", ""},
        Example{"base64ToString('b25lLCB0d28=')", "one, two"}, Example{"base64ToString(base64('ab'))", "ab"},
        Example{"base64ToJson(base64('[1]'))", "[1]"}, Example{"padLeft(7, 3, '0')", "007"},
        Example{"padLeft('1234', 3, '0')", "1234"}, Example{"padLeft('a', 3)", "  a"},
        Example{"indexOf('test', 'T')", "0"}, Example{"indexOf('abcdef', 'z')", "-1"},
        Example{"indexOf(createArray('a', 'b', 'a'), 'a')", "0"}, Example{"lastIndexOf('test', 't')", "3"},
        Example{"lastIndexOf(createArray('a', 'b', 'a'), 'a')", "2"},
        Example{"union(createArray('a', 'b'), createArray('b', 'c'))", "[a,b,c]"},
        Example{"union(createObject('a', '1'), createObject('a', '2', 'b', '3'))", "{a=2,b=3}"},
        Example{"intersection(createArray('a', 'b', 'c'), createArray('c', 'b'))", "[b,c]"},
        Example{"intersection(createObject('a', '1', 'b', '2'), createObject('a', '1', 'b', '3'))", "{a=1}"},
        Example{"tryGet(createObject('a', createArray('x', 'y')), 'a', 1)", "y"},
        Example{"tryGet(createObject('a', 'x'), 'b', 'c')", "null"}, Example{"tryGet(createArray('x'), 4)", "null"},
        Example{"environment().suffixes.storage", "core.windows.net"},
        Example{"extensionResourceId('/subscriptions/s', 'Microsoft.Authorization/locks', 'keep')",
                "/subscriptions/s/providers/Microsoft.Authorization/locks/keep"},
        Example{"extensionResourceId('/x', 'A.B/c/d', 'one', 'two')", "/x/providers/A.B/c/one/d/two"},
        Example{"map(createArray('a', 'b'), lambda('x', concat(lambdaVariables('x'), '1')))", "[a1,b1]"},
        Example{"map(createArray('a'), lambda('x', map(createArray('b'), lambda('y', concat(lambdaVariables('x'), "
                "lambdaVariables('y'))))))",
                "[[ab]]"},
        Example{"filter(range(0, 5), lambda('i', greater(lambdaVariables('i'), 2)))", "[3,4]"},
        Example{"toObject(createArray('a', 'b'), lambda('x', lambdaVariables('x')))", "{a=a,b=b}"},
        Example{
            "toObject(createArray('a'), lambda('x', lambdaVariables('x')), lambda('x', toUpper(lambdaVariables('x'))))",
            "{a=A}"}));

TEST(ArmFunctionsOfNothing, SayWhy) {
  for (const auto* expression :
       {"json('{')", "json('')", "json('[1] [2]')", "base64ToString('!')", "padLeft('a', 99999999999)",
        "padLeft('a', -1)", "lambdaVariables('x')", "map(createArray('a'), 'x')", "map(createArray('a'), lambda('x'))",
        "filter(createArray('a'), lambda(1, 2, 3))", "extensionResourceId('a')"})
    EXPECT_THROW(evaluated(expression), Unevaluated) << expression;
}

/// Each is a thousand times the one before.
TEST(ArmFunctionsOfNothing, StopWhatExplodes) {
  EXPECT_THROW(evaluated("map(range(0, 4000), lambda('a', map(range(0, 4000), lambda('b', range(0, 4000)))))"),
               Unevaluated);
}

}  // namespace
}  // namespace xconn::importing
