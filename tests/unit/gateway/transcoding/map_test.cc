#include <ostream>

#include "gtest/gtest.h"
#include "tests/unit/gateway/transcoding/test_service.h"

namespace webhooks::gateway {
namespace {

struct MapCase {
  absl::string_view body;
  absl::string_view expected;
};

void PrintTo(const MapCase& c, std::ostream* out) { *out << c.body; }

class Map : public ::testing::TestWithParam<MapCase> {};

TEST_P(Map, IsReadWithItsTypeOfKey) {
  EXPECT_EQ(ReadEverything(GetParam().body), std::string(GetParam().expected))
      << GetParam().body;
}

constexpr MapCase kMapCases[] = {
    {R"({"by_string": {"": "a"}})", R"(by_string { key: "" value: "a" })"},
    {R"({"by_int32": {"-1": "a"}})", R"(by_int32 { key: -1 value: "a" })"},
    {R"({"by_int64": {"9223372036854775807": "a"}})",
     R"(by_int64 { key: 9223372036854775807 value: "a" })"},
    {R"({"by_uint32": {"1": "a"}})", R"(by_uint32 { key: 1 value: "a" })"},
    {R"({"by_uint64": {"18446744073709551615": "a"}})",
     R"(by_uint64 { key: 18446744073709551615 value: "a" })"},
    {R"({"by_bool": {"true": "a"}})", R"(by_bool { key: true value: "a" })"},
    {R"({"by_bool": {"false": "a"}})", R"(by_bool { key: false value: "a" })"},
    {R"({"child_by_name": {"a": {"bool": true}}})",
     R"(child_by_name { key: "a" value { bool: true } })"},
    {R"({"kind_by_name": {"a": "KIND_ROUND"}})",
     R"(kind_by_name { key: "a" value: KIND_ROUND })"},
    {R"({"by_string": {}})", ""},
    {R"({"nullable_map": {"a": 1}})", R"(nullable_map { key: "a" value: 1 })"},
    {R"({"by_bool": {"True": "a", "1": "a"}})",
     R"(INVALID_REQUEST: by_bool["True"], by_bool["1"])"},
    {R"({"by_int32": {"x": "a", "2147483648": "a", "1.5": "b"}})",
     R"(INVALID_REQUEST: by_int32["x"], by_int32["2147483648"], )"
     R"(by_int32["1.5"])"},
    {R"({"by_uint32": {"-1": "a"}})", R"(INVALID_REQUEST: by_uint32["-1"])"},
    {R"({"by_string": {"a": "b", "a": "b"}})",
     R"(INVALID_REQUEST: by_string["a"])"},
    {R"({"by_string": {"a": "b", "\u0061": "b"}})",
     R"(INVALID_REQUEST: by_string["a"])"},
    {R"({"by_int32": {"1": "a", "1.0": "b"}})",
     R"(INVALID_REQUEST: by_int32["1.0"])"},
    {R"({"by_string": {"a": 1, "b": "c", "d": []}})",
     R"(INVALID_REQUEST: by_string["a"], by_string["d"])"},
    {R"({"child_by_name": {"a\"b": {"bool": 1}}})",
     R"(INVALID_REQUEST: child_by_name["a\"b"].bool)"},
    {R"({"by_string": []})", "INVALID_REQUEST: by_string"},
    {R"({"by_string": "a"})", "INVALID_REQUEST: by_string"},
};
INSTANTIATE_TEST_SUITE_P(Every, Map, ::testing::ValuesIn(kMapCases));

}  // namespace
}  // namespace webhooks::gateway
