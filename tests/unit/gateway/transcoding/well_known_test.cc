#include "gateway/transcoding/well_known.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/unit/gateway/transcoding/test_service.h"

namespace webhooks::gateway {
namespace {

class WellKnown : public ::testing::TestWithParam<FieldCase> {};

TEST_P(WellKnown, IsReadInItsOwnForm) {
  const auto& [field, value, expected] = GetParam();
  const std::string body = absl::StrCat("{\"", field, "\": ", value, "}");
  EXPECT_EQ(ReadEverything(body),
            expected == "refused" ? absl::StrCat("INVALID_REQUEST: ", field)
                                  : absl::StrCat(field, " { ", expected,
                                                 expected.empty() ? "}" : " }"))
      << body;
}

constexpr FieldCase kTimestamps[] = {
    {"timestamp", R"("1970-01-01T00:00:00Z")", ""},
    {"timestamp", R"("2024-10-01T12:00:00Z")", "seconds: 1727784000"},
    {"timestamp", R"("2024-10-01T14:00:00+02:00")", "seconds: 1727784000"},
    {"timestamp", R"("2024-10-01T06:30:00-05:30")", "seconds: 1727784000"},
    {"timestamp", R"("1970-01-01T00:00:00.000000001Z")", "nanos: 1"},
    {"timestamp", R"("1970-01-01T00:00:00.5Z")", "nanos: 500000000"},
    {"timestamp", R"("1969-12-31T23:59:59.25Z")",
     "seconds: -1 nanos: 250000000"},
    {"timestamp", R"("0001-01-01T00:00:00Z")", "seconds: -62135596800"},
    {"timestamp", R"("9999-12-31T23:59:59.999999999Z")",
     "seconds: 253402300799 nanos: 999999999"},
    {"timestamp", R"("2024-02-29T00:00:00Z")", "seconds: 1709164800"},
    {"timestamp", R"("2023-02-29T00:00:00Z")", "refused"},
    {"timestamp", R"("0001-01-01T00:00:00+00:01")", "refused"},
    {"timestamp", R"("9999-12-31T23:59:59-00:01")", "refused"},
    {"timestamp", R"("0000-01-01T00:00:00Z")", "refused"},
    {"timestamp", R"("2024-13-01T00:00:00Z")", "refused"},
    {"timestamp", R"("2024-00-01T00:00:00Z")", "refused"},
    {"timestamp", R"("2024-01-01T24:00:00Z")", "refused"},
    {"timestamp", R"("2024-01-01T00:60:00Z")", "refused"},
    {"timestamp", R"("2024-01-01T00:00:60Z")", "refused"},
    {"timestamp", R"("2024-01-01T00:00:00")", "refused"},
    {"timestamp", R"("2024-01-01t00:00:00Z")", "refused"},
    {"timestamp", R"("2024-01-01T00:00:00z")", "refused"},
    {"timestamp", R"("2024-01-01 00:00:00Z")", "refused"},
    {"timestamp", R"("2024-01-01T00:00:00.Z")", "refused"},
    {"timestamp", R"("2024-01-01T00:00:00.0000000001Z")", "refused"},
    {"timestamp", R"("2024-01-01T00:00:00Zx")", "refused"},
    {"timestamp", R"("2024-01-01T00:00:00+24:00")", "refused"},
    {"timestamp", R"("2024-1-01T00:00:00Z")", "refused"},
    {"timestamp", R"("-024-01-01T00:00:00Z")", "refused"},
    {"timestamp", R"("")", "refused"},
    {"timestamp", "1727784000", "refused"},
    {"timestamp", R"({"seconds": 1})", "refused"},
    {"timestamp", "[]", "refused"},
};
INSTANTIATE_TEST_SUITE_P(Timestamps, WellKnown,
                         ::testing::ValuesIn(kTimestamps));

constexpr FieldCase kDurations[] = {
    {"duration", R"("0s")", ""},
    {"duration", R"("1.5s")", "seconds: 1 nanos: 500000000"},
    {"duration", R"("-1.5s")", "seconds: -1 nanos: -500000000"},
    {"duration", R"("-0.000000001s")", "nanos: -1"},
    {"duration", R"("315576000000s")", "seconds: 315576000000"},
    {"duration", R"("-315576000000s")", "seconds: -315576000000"},
    {"duration", R"("315576000000.000000001s")", "refused"},
    {"duration", R"("315576000001s")", "refused"},
    {"duration", R"("99999999999999999999s")", "refused"},
    {"duration", R"("1")", "refused"},
    {"duration", R"("s")", "refused"},
    {"duration", R"("-s")", "refused"},
    {"duration", R"(".5s")", "refused"},
    {"duration", R"("1.s")", "refused"},
    {"duration", R"("+1s")", "refused"},
    {"duration", R"("1.0000000000s")", "refused"},
    {"duration", R"("1m")", "refused"},
    {"duration", "1", "refused"},
};
INSTANTIATE_TEST_SUITE_P(Durations, WellKnown, ::testing::ValuesIn(kDurations));

constexpr FieldCase kFieldMasks[] = {
    {"field_mask", R"("")", ""},
    {"field_mask", R"("a,bC.dEf")", R"(paths: "a" paths: "b_c.d_ef")"},
    {"field_mask", R"("b_c,d")", R"(paths: "b_c" paths: "d")"},
    {"field_mask", R"("a,")", "refused"},
    {"field_mask", R"("a,,b")", "refused"},
    {"field_mask", R"("a..b")", "refused"},
    {"field_mask", R"("a b")", "refused"},
    {"field_mask", R"("a.1")", "refused"},
    {"field_mask", R"(["a"])", "refused"},
};
INSTANTIATE_TEST_SUITE_P(FieldMasks, WellKnown,
                         ::testing::ValuesIn(kFieldMasks));

constexpr FieldCase kEmpties[] = {
    {"empty", "{}", ""},
    {"empty", "[]", "refused"},
};
INSTANTIATE_TEST_SUITE_P(Empties, WellKnown, ::testing::ValuesIn(kEmpties));

TEST(Empty, HasNoKeys) {
  EXPECT_EQ(ReadEverything(R"({"empty": {"a": 1}})"),
            "INVALID_REQUEST: empty.a");
}

TEST(Timestamp, IsNotPrintedOutOfItsRange) {
  google::protobuf::Timestamp value;
  std::string out;
  value.set_seconds(253402300800);
  EXPECT_FALSE(AppendTimestamp(value, out));
  value.set_seconds(-62135596801);
  EXPECT_FALSE(AppendTimestamp(value, out));
  value.set_seconds(0);
  value.set_nanos(-1);
  EXPECT_FALSE(AppendTimestamp(value, out));
  value.set_nanos(1'000'000'000);
  EXPECT_FALSE(AppendTimestamp(value, out));
}

TEST(Duration, IsNotPrintedOutOfItsRange) {
  google::protobuf::Duration value;
  std::string out;
  value.set_seconds(315576000001);
  EXPECT_FALSE(AppendDuration(value, out));
  value.set_seconds(1);
  value.set_nanos(-1);
  EXPECT_FALSE(AppendDuration(value, out));
}

TEST(FieldMask, IsNotPrintedWhereItWouldNotBeReadBack) {
  for (const char* path : {"aB", "a__b", "a_", "_1", "a b", ""}) {
    google::protobuf::FieldMask value;
    std::string out;
    value.add_paths(path);
    EXPECT_FALSE(AppendFieldMask(value, out)) << path;
  }
}

}  // namespace
}  // namespace webhooks::gateway
