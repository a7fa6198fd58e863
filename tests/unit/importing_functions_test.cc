// SPDX-License-Identifier: Apache-2.0
// ARM's functions on values, one row an example of Microsoft Learn's kind.
#include <gtest/gtest.h>

#include <sstream>
#include <string_view>

#include "importing/arm/call.hh"
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

INSTANTIATE_TEST_SUITE_P(
    ListsAndObjects, ArmFunctions,
    testing::Values(
        Example{"take(createArray('a', 'b', 'c'), 2)", "[a,b]"}, Example{"take('abc', 9)", "abc"},
        Example{"skip(createArray('a', 'b', 'c'), 2)", "[c]"}, Example{"skip('abc', 1)", "bc"},
        Example{"take('abc', -1)", ""},
        Example{"flatten(createArray(createArray('a'), createArray('b', 'c')))", "[a,b,c]"},
        Example{"items(createObject('b', 2, 'a', 1))", "[{key=a,value=1},{key=b,value=2}]"},
        Example{"objectKeys(createObject('b', 2, 'a', 1))", "[a,b]"},
        Example{"shallowMerge(createArray(createObject('a', 1), createObject('a', 2, 'b', 3)))", "{a=2,b=3}"},
        Example{"union(createObject('a', createObject('x', 1)), createObject('a', createObject('y', 2)))",
                "{a={x=1,y=2}}"},
        Example{"tryIndexFromEnd(createArray('a', 'b'), 1)", "b"},
        Example{"tryIndexFromEnd(createArray('a'), 2)", "null"}, Example{"min(createArray(3, 1, 2))", "1"},
        Example{"max(3, 7, 5)", "7"}, Example{"less('a', 'b')", "true"},
        Example{"sort(createArray(3, 1, 2), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))",
                "[1,2,3]"},
        Example{"sort(createArray(3, 1, 2), lambda('a', 'b', true()))", "[2,1,3]"},
        Example{"reduce(createArray(1, 2, 3), 10, lambda('a', 'b', add(lambdaVariables('a'), lambdaVariables('b'))))",
                "16"},
        Example{
            "map(createArray('a', 'b'), lambda('x', 'i', concat(lambdaVariables('x'), string(lambdaVariables('i')))))",
            "[a0,b1]"},
        Example{"filter(createArray('a', 'b'), lambda('x', 'i', equals(lambdaVariables('i'), 1)))", "[b]"},
        Example{"mapValues(createObject('a', 1), lambda('v', add(lambdaVariables('v'), 1)))", "{a=2}"},
        Example{"groupBy(createArray('ab', 'c', 'ad'), lambda('x', first(lambdaVariables('x'))))",
                "{a=[ab,ad],c=[c]}"}));

INSTANTIATE_TEST_SUITE_P(
    Texts, ArmFunctions,
    testing::Values(Example{"uri('https://host/a/main.json', 'nested/b.json')", "https://host/a/nested/b.json"},
                    Example{"uri('https://host', 'b.json')", "https://host/b.json"},
                    Example{"uri('https://host/a/', '/b')", "https://host/b"},
                    Example{"uriComponent('a b/c')", "a%20b%2Fc"},
                    Example{"uriComponentToString('a%20b%2Fc%')", "a b/c%"},
                    Example{"dataUriToString(dataUri('hello'))", "hello"},
                    Example{"format('{0:D3}-{1:00}-{{x}}', 7, 5)", "007-05-{x}"},
                    Example{"split('a;b,c', createArray(',', ';'))", "[a,b,c]"},
                    Example{"string(createObject('a', createArray('b')))", R"({"a":["b"]})"},
                    Example{"dateTimeAdd('2026-01-31T10:00:00Z', 'P1M', 'yyyy-MM-dd')", "2026-02-28"},
                    Example{"dateTimeAdd('2026-01-01 00:00:00Z', '-PT1H')", "2025-12-31T23:00:00Z"},
                    Example{"dateTimeFromEpoch(0)", "1970-01-01T00:00:00Z"},
                    Example{"dateTimeToEpoch('1970-01-02T00:00:00Z')", "86400"}, Example{"length(guid('a'))", "36"},
                    Example{"length(uniqueString('a'))", "13"}, Example{"utcNow('yyyy-MM-dd')", "2026-01-01"}));

INSTANTIATE_TEST_SUITE_P(
    Networks, ArmFunctions,
    testing::Values(Example{"parseCidr('10.144.0.0/20')",
                            "{network=10.144.0.0,netmask=255.255.240.0,broadcast=10.144.15.255,firstUsable=10.144.0.1,"
                            "lastUsable=10.144.15.254,cidr=20}"},
                    Example{"cidrSubnet('10.144.3.7/20', 24, 0)", "10.144.0.0/24"},
                    Example{"pickZones('Microsoft.Compute', 'virtualMachines', 'westus2')", "[1]"},
                    Example{"pickZones('Microsoft.Compute', 'virtualMachines', 'westus2', 3)", "[1,2,3]"},
                    Example{"deployment().name", "deployed"}, Example{"resourceGroup().name", "group"}));

/// Microsoft's list of those that need no running deployment.
constexpr std::string_view kOfMicrosoft =
    "array concat contains createArray empty first flatten indexFromEnd indexOf "
    "intersection last lastIndexOf length max min objectKeys range shallowMerge "
    "skip take tryGet tryIndexFromEnd union cidrHost cidrSubnet parseCidr coalesce "
    "equals greater greaterOrEquals less lessOrEquals dateTimeAdd dateTimeFromEpoch dateTimeToEpoch utcNow "
    "deployer deployment environment fail and bool false not or "
    "true add copyIndex div float int mod mul sub "
    "createObject items json null extensionResourceId pickZones reference references resourceGroup "
    "resourceId subscription subscriptionResourceId tenant tenantResourceId managementGroup managementGroupResourceId "
    "base64 base64ToJson "
    "base64ToString dataUri dataUriToString endsWith format guid join newGuid padLeft "
    "replace split startsWith string substring toLower toUpper trim uniqueString "
    "uri uriComponent uriComponentToString ";

TEST(ArmFunctionsOfMicrosoft, AreAllKnown) {
  std::istringstream names{std::string(kOfMicrosoft)};
  for (std::string name; names >> name;) {
    try {
      evaluated(name + "()");
    } catch (const Unevaluated& why) {
      EXPECT_EQ(why.reason.find("is not known here"), std::string::npos) << name;
    }
  }
}

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
