#include <ostream>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/unit/gateway/transcoding/test_service.h"

namespace webhooks::gateway {
namespace {

struct BodyCase {
  absl::string_view name;
  absl::string_view body;
  // The message in text format, or the reason and the violated fields.
  absl::string_view expected;
};

void PrintTo(const BodyCase& c, std::ostream* out) { *out << c.body; }

std::string BodyName(const ::testing::TestParamInfo<BodyCase>& info) {
  return std::string(info.param.name);
}

class Body : public ::testing::TestWithParam<BodyCase> {};

TEST_P(Body, BecomesAMessageOrItsViolations) {
  EXPECT_EQ(ReadEverything(GetParam().body), std::string(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(
    Keys, Body,
    ::testing::Values(
        BodyCase{"Empty", "{}", ""}, BodyCase{"WhiteSpace", " { } \r\n\t", ""},
        BodyCase{"ProtoName", R"({"maybe_number": 0})", "maybe_number: 0"},
        BodyCase{"CamelCase", R"({"maybeNumber": 0})", "maybe_number: 0"},
        BodyCase{"CamelCaseBesideAJsonName", R"({"keptName": "a"})",
                 "kept_name: \"a\""},
        BodyCase{"CamelCaseThatIsAnothersJsonName",
                 R"({"takenName": "a", "taken_name": "b", "takingName": "c"})",
                 "INVALID_REQUEST: takingName"},
        BodyCase{"JsonNameThatIsAnothersCamelCase",
                 R"({"takenName": "a", "taken_name": "b"})",
                 R"(taken_name: "b" taking_name: "a")"},
        BodyCase{"CamelCaseAndProtoName",
                 R"({"keptName": "a", "kept_name": "b"})",
                 "INVALID_REQUEST: kept_name"},
        BodyCase{"Escaped", R"({"\u0062\u006f\u006fl": true})", "bool: true"},
        BodyCase{"JsonName", R"({"@other": "a"})", "renamed: \"a\""},
        BodyCase{"ProtoNameBesideJsonName", R"({"renamed": "a"})",
                 "renamed: \"a\""},
        BodyCase{"Unknown", R"({"nothing": {"bool": [1]}, "bool": true})",
                 "INVALID_REQUEST: nothing"},
        BodyCase{"UnknownThatIsNoIdentifier", R"({"a b\n": 1})",
                 R"(INVALID_REQUEST: ["a b\n"])"},
        BodyCase{"EmptyKey", R"({"": 1})", R"(INVALID_REQUEST: [""])"},
        BodyCase{"OtherCase", R"({"Bool": true})", "INVALID_REQUEST: Bool"},
        BodyCase{"Duplicate", R"({"bool": true, "bool": true})",
                 "INVALID_REQUEST: bool"},
        BodyCase{"DuplicateInOtherSpelling",
                 R"({"maybe_number": 1, "maybeNumber": 1})",
                 "INVALID_REQUEST: maybeNumber"},
        BodyCase{"DuplicateOfWhatOffended", R"({"bool": 1, "bool": true})",
                 "INVALID_REQUEST: bool, bool"},
        BodyCase{"DuplicateNull", R"({"maybe_text": null, "maybe_text": null})",
                 "INVALID_REQUEST: maybe_text"}),
    BodyName);

INSTANTIATE_TEST_SUITE_P(
    Nesting, Body,
    ::testing::Values(
        BodyCase{"Child", R"({"child": {"child": {"bool": true}}})",
                 "child { child { bool: true } }"},
        BodyCase{"EmptyChild", R"({"child": {}})", "child { }"},
        BodyCase{"Children", R"({"children": [{}, {"bool": true}]})",
                 "children { } children { bool: true }"},
        BodyCase{"DuplicateInAnother",
                 R"({"children": [{"bool": true}, {"bool": true}]})",
                 "children { bool: true } children { bool: true }"},
        BodyCase{"PathOfAMember", R"({"child": {"child": {"bool": 1}}})",
                 "INVALID_REQUEST: child.child.bool"},
        BodyCase{"PathOfAnElement", R"({"words": ["a", "b", 1, "c", null]})",
                 "INVALID_REQUEST: words[2], words[4]"},
        BodyCase{"PathThroughAnElement",
                 R"({"children": [{}, {"numbers": [1, true]}]})",
                 "INVALID_REQUEST: children[1].numbers[1]"},
        BodyCase{"PathOfAJsonName", R"({"@other": 1})",
                 R"(INVALID_REQUEST: ["@other"])"},
        BodyCase{"NoObject", R"({"child": [], "bool": 1})",
                 "INVALID_REQUEST: child, bool"},
        BodyCase{"ScalarForAnObject", R"({"child": "a"})",
                 "INVALID_REQUEST: child"},
        BodyCase{"ScalarForAnElement", R"({"children": [1, {"bool": true}]})",
                 "INVALID_REQUEST: children[0]"},
        BodyCase{"ArrayForAnElement", R"({"numbers": [[1]]})",
                 "INVALID_REQUEST: numbers[0]"},
        BodyCase{"ObjectForAnArray", R"({"children": {"bool": 1}})",
                 "INVALID_REQUEST: children"},
        BodyCase{
            "AllAtOnce",
            R"({"int32": "", "nothing": 0, "child": {"bool": 0}, "words": []})",
            "INVALID_REQUEST: int32, nothing, child.bool, words"}),
    BodyName);

INSTANTIATE_TEST_SUITE_P(
    Top, Body,
    ::testing::Values(BodyCase{"Array", "[]", "INVALID_REQUEST: "},
                      BodyCase{"Null", "null", "INVALID_REQUEST: "},
                      BodyCase{"String", "\"a\"", "INVALID_REQUEST: "},
                      BodyCase{"Number", "1", "INVALID_REQUEST: "},
                      BodyCase{"Absent", "", ""}),
    BodyName);

INSTANTIATE_TEST_SUITE_P(
    Nulls, Body,
    ::testing::Values(
        BodyCase{"Nullable", R"({"maybe_text": null})", ""},
        BodyCase{"NullableList", R"({"words": null})", ""},
        BodyCase{"NullableMap", R"({"nullable_map": null})", ""},
        BodyCase{"NullableMessage", R"({"nullable_timestamp": null})", ""},
        BodyCase{"Unmarked", R"({"maybe_number": null})",
                 "INVALID_REQUEST: maybe_number"},
        BodyCase{"UnmarkedMessage", R"({"child": null, "timestamp": null})",
                 "INVALID_REQUEST: child, timestamp"},
        BodyCase{"UnmarkedMap", R"({"by_string": null})",
                 "INVALID_REQUEST: by_string"},
        BodyCase{"Element", R"({"children": [null]})",
                 "INVALID_REQUEST: children[0]"},
        BodyCase{"MapValue", R"({"by_string": {"a": null}})",
                 R"(INVALID_REQUEST: by_string["a"])"},
        BodyCase{"EmptyNullableList", R"({"words": []})",
                 "INVALID_REQUEST: words"},
        BodyCase{"EmptyNullableMap", R"({"nullable_map": {}})",
                 "INVALID_REQUEST: nullable_map"}),
    BodyName);

INSTANTIATE_TEST_SUITE_P(
    Oneofs, Body,
    ::testing::Values(
        BodyCase{"One", R"({"second_choice": 0})", "second_choice: 0"},
        BodyCase{"Message", R"({"third_choice": {}})", "third_choice { }"},
        BodyCase{"Two", R"({"first_choice": "a", "second_choice": 0})",
                 "INVALID_REQUEST: second_choice"},
        BodyCase{"TwoMessages", R"({"first_choice": "a", "third_choice": {}})",
                 "INVALID_REQUEST: third_choice"},
        BodyCase{"NotSetBesideOne",
                 R"({"fourth_choice": null, "first_choice": ""})",
                 "first_choice: \"\""},
        BodyCase{"InDifferentMessages",
                 R"({"first_choice": "a", "child": {"second_choice": 1}})",
                 "child { second_choice: 1 } first_choice: \"a\""}),
    BodyName);

TEST(RequiredKeys, MayBeNullWhereTheyAreNullable) {
  EXPECT_EQ(Summary(Read("POST", "/required", R"({"id": "a", "url": null})")),
            "id: \"a\"");
}

TEST(RequiredKeys, AreMissedAtEveryLevel) {
  EXPECT_EQ(Summary(Read("POST", "/required",
                         R"({"inner": {}, "inners": [{"name": "a"}, {}]})")),
            "INVALID_REQUEST: inner.name, inners[1].name, id, url");
}

TEST(RequiredKeys, AreNotRequiredOfAnAbsentMessage) {
  EXPECT_EQ(Summary(Read("POST", "/required", R"({"id": "a", "url": "b"})")),
            "id: \"a\" url: \"b\"");
}

TEST(RequiredKeys, AreMissedWithoutABody) {
  EXPECT_EQ(Summary(Read("POST", "/required")), "INVALID_REQUEST: id, url");
}

TEST(RequiredKeys, AreGivenByThePath) {
  EXPECT_EQ(Summary(Read("PUT", "/required/7", R"({"url": null})")),
            "id: \"7\"");
  EXPECT_EQ(Summary(Read("PUT", "/required/7")), "INVALID_REQUEST: url");
}

TEST(RequiredKeys, AreMissedInAQuery) {
  EXPECT_EQ(Summary(Read("GET", "/required?id=7&inner.note=a")),
            "INVALID_REQUEST: url, inner.name");
  EXPECT_EQ(Summary(Read("GET", "/required?id=7&url=u&inner.name=a")),
            "id: \"7\" url: \"u\" inner { name: \"a\" }");
}

TEST(RequiredKeys, AreMissedInAndBesideABodyField) {
  EXPECT_EQ(Summary(Read("PUT", "/required/7/inner?url=u", R"({"name": "a"})")),
            "id: \"7\" url: \"u\" inner { name: \"a\" }");
  EXPECT_EQ(Summary(Read("PUT", "/required/7/inner", "{}")),
            "INVALID_REQUEST: url, inner.name");
  EXPECT_EQ(Summary(Read("PUT", "/required/7/inner?url=u")),
            "INVALID_REQUEST: inner.name");
}

TEST(BodyField, TakesAMessage) {
  EXPECT_EQ(Summary(Read("PATCH", "/parts/a?dry_run=true",
                         R"({"color": "red", "size": "5"})")),
            R"(part { name: "a" color: "red" size: 5 } dry_run: true)");
}

TEST(BodyField, TakesAList) {
  EXPECT_EQ(Summary(Read("PUT", "/words", R"(["a", "b"])")),
            R"(words: "a" words: "b")");
  EXPECT_EQ(Summary(Read("PUT", "/words", R"(["a", 1])")),
            "INVALID_REQUEST: words[1]");
  EXPECT_EQ(Summary(Read("PUT", "/words", "{}")), "INVALID_REQUEST: words");
  EXPECT_EQ(Summary(Read("PUT", "/words", "null")), "INVALID_REQUEST: words");
}

TEST(BodyField, TakesAMap) {
  EXPECT_EQ(Summary(Read("PUT", "/labels", R"({"a": 1})")),
            R"(labels { key: "a" value: 1 })");
}

TEST(BodyField, TakesAScalar) {
  EXPECT_EQ(Summary(Read("PUT", "/number", "5")), "number: 5");
  EXPECT_EQ(Summary(Read("PUT", "/note", R"("a")")), R"(note: "a")");
}

TEST(BodyField, TakesNullWhereItIsNullable) {
  EXPECT_EQ(Summary(Read("PUT", "/notes", "null")), "");
  EXPECT_EQ(Summary(Read("PUT", "/notes", "[]")), "INVALID_REQUEST: notes");
}

TEST(BodyField, IsNotSetWithoutABody) {
  EXPECT_EQ(Summary(Read("PATCH", "/parts/a")), R"(part { name: "a" })");
  EXPECT_EQ(Summary(Read("PUT", "/words")), "");
}

TEST(BodyField, IsInTheViolationsPaths) {
  EXPECT_EQ(Summary(Read("PATCH", "/parts/a", R"({"color": 1})")),
            "INVALID_REQUEST: part.color");
}

TEST(PathField, MayNotBeInTheBody) {
  EXPECT_EQ(Summary(Read("PATCH", "/parts/a", R"({"name": "b"})")),
            "INVALID_REQUEST: part.name");
  EXPECT_EQ(Summary(Read("POST", "/parts/a", R"({"part": {"name": "b"}})")),
            "INVALID_REQUEST: part.name");
  EXPECT_EQ(Summary(Read("POST", "/things/7:test", R"({"id": "8"})")),
            "INVALID_REQUEST: id");
}

TEST(PathField, LeavesTheRestOfItsMessageToTheBody) {
  EXPECT_EQ(Summary(Read("POST", "/parts/a", R"({"part": {"color": "red"}})")),
            R"(part { name: "a" color: "red" })");
}

TEST(PathField, IsReadByItsType) {
  EXPECT_EQ(Summary(Read("GET", "/parts/a/5/2024-01-01T00:00:00Z/KIND_ROUND")),
            R"(part { name: "a" } number: 5 when { seconds: 1704067200 } )"
            "kind: KIND_ROUND");
  EXPECT_EQ(Summary(Read("GET", "/parts/a/x/y/z")),
            "INVALID_REQUEST: number, when, kind");
}

TEST(NoBody, IsAcceptedByABindingWithoutOne) {
  EXPECT_EQ(Summary(Read("DELETE", "/things/7")), "id: \"7\"");
  EXPECT_EQ(Summary(Read("DELETE", "/things/7", "{}")), "INVALID_REQUEST: ");
  EXPECT_EQ(Summary(Read("DELETE", "/things/7", "not JSON")),
            "INVALID_REQUEST: ");
}

}  // namespace
}  // namespace webhooks::gateway
