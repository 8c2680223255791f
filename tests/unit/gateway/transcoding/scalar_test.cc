#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/unit/gateway/transcoding/test_service.h"

namespace webhooks::gateway {
namespace {

class Scalar : public ::testing::TestWithParam<FieldCase> {};

TEST_P(Scalar, IsReadAsTheJsonMappingHasIt) {
  const auto& [field, value, expected] = GetParam();
  const std::string body = absl::StrCat("{\"", field, "\": ", value, "}");
  EXPECT_EQ(ReadEverything(body),
            expected == "refused" ? absl::StrCat("INVALID_REQUEST: ", field)
            : expected.empty()    ? ""
                                  : absl::StrCat(field, ": ", expected))
      << body;
}

constexpr FieldCase kIntegers[] = {
    {"int32", "7", "7"},
    {"int32", "0", ""},
    {"int32", "-0", ""},
    {"int32", "\"-7\"", "-7"},
    {"int32", "1.0", "1"},
    {"int32", "1e2", "100"},
    {"int32", "\"1e2\"", "100"},
    {"int32", "100e-2", "1"},
    {"int32", "1.5e1", "15"},
    {"int32", "0.0e99", ""},
    {"int32", "-2147483648", "-2147483648"},
    {"int32", "2147483647.0", "2147483647"},
    {"int32", "2147483648", "refused"},
    {"int32", "-2147483649", "refused"},
    {"int32", "1.5", "refused"},
    {"int32", "1e-1", "refused"},
    {"int32", "1e999999999", "refused"},
    {"int32", "1e-999999999", "refused"},
    {"int32", "\"\"", "refused"},
    {"int32", "\" 1\"", "refused"},
    {"int32", "\"1 \"", "refused"},
    {"int32", "\"+1\"", "refused"},
    {"int32", "\"01\"", "refused"},
    {"int32", "\"0x1\"", "refused"},
    {"int32", "\"1e\"", "refused"},
    {"int32", "\"1.\"", "refused"},
    {"int32", "\"-\"", "refused"},
    {"int32", "true", "refused"},
    {"int32", "null", "refused"},
    {"int32", "[1]", "refused"},
    {"int32", "{}", "refused"},
    {"uint32", "4294967295", "4294967295"},
    {"uint32", "-0", ""},
    {"uint32", "-0.0", ""},
    {"uint32", "-1", "refused"},
    {"uint32", "4294967296", "refused"},
    {"int64", "9223372036854775807", "9223372036854775807"},
    {"int64", "\"-9223372036854775808\"", "-9223372036854775808"},
    {"int64", "9007199254740993", "9007199254740993"},
    {"int64", "9007199254740993.0", "9007199254740993"},
    {"int64", "922337203685477580.7e1", "9223372036854775807"},
    {"int64", "-9223372036854775808.0", "-9223372036854775808"},
    {"int64", "9223372036854775808", "refused"},
    {"int64", "-9223372036854775809", "refused"},
    {"uint64", "18446744073709551615", "18446744073709551615"},
    {"uint64", "\"18446744073709551615.0\"", "18446744073709551615"},
    {"uint64", "18446744073709551616", "refused"},
    {"uint64", "184467440737095516150", "refused"},
    {"uint64", "1e19", "10000000000000000000"},
    {"uint64", "1e20", "refused"},
    {"sint32", "-7", "-7"},
    {"sint64", "-7", "-7"},
    {"fixed32", "7", "7"},
    {"fixed64", "7", "7"},
    {"sfixed32", "-7", "-7"},
    {"sfixed64", "-7", "-7"},
};
INSTANTIATE_TEST_SUITE_P(Integers, Scalar, ::testing::ValuesIn(kIntegers));

constexpr FieldCase kReals[] = {
    {"double", "1", "1"},
    {"double", "-1.5e-3", "-0.0015"},
    {"double", "\"1.5\"", "1.5"},
    {"double", "-0.0", "-0"},
    {"double", "123456789012345678901234567890", "1.2345678901234568e+29"},
    {"double", "1.7976931348623157e308", "1.7976931348623157e+308"},
    {"double", "4.9e-324", "4.94065645841247e-324"},
    {"double", "1e-400", ""},
    {"double", "\"NaN\"", "nan"},
    {"double", "\"Infinity\"", "inf"},
    {"double", "\"-Infinity\"", "-inf"},
    {"double", "1e309", "refused"},
    {"double", "-1e309", "refused"},
    {"double", "\"nan\"", "refused"},
    {"double", "\"inf\"", "refused"},
    {"double", "\"-NaN\"", "refused"},
    {"double", "\"0x1p3\"", "refused"},
    {"double", "true", "refused"},
    {"float", "1.5", "1.5"},
    {"float", "3.4028235e38", "3.40282347e+38"},
    {"float", "\"-Infinity\"", "-inf"},
    {"float", "3.5e38", "refused"},
    {"float", "1e-50", ""},
};
INSTANTIATE_TEST_SUITE_P(Reals, Scalar, ::testing::ValuesIn(kReals));

constexpr FieldCase kOthers[] = {
    {"bool", "true", "true"},
    {"bool", "false", ""},
    {"bool", "\"true\"", "refused"},
    {"bool", "1", "refused"},
    {"string", R"("a\"\\\/\b\f\n\r\té\u20ac\ud83d\ude00")",
     R"("a\"\\/\010\014\n\r\t\303\251\342\202\254\360\237\230\200")"},
    {"string", R"("\u0000")", R"("\000")"},
    {"string", "1", "refused"},
    {"string", "null", "refused"},
    {"bytes", "\"\"", ""},
    {"bytes", "\"/+8=\"", R"("\377\357")"},
    {"bytes", "\"/+8\"", R"("\377\357")"},
    {"bytes", "\"_-8\"", R"("\377\357")"},
    {"bytes", "\"YQ==\"", "\"a\""},
    {"bytes", "\"YWI=\"", "\"ab\""},
    {"bytes", "\"YWJj\"", "\"abc\""},
    {"bytes", "\"-_\"", R"("\373")"},
    {"bytes", "\"Y\"", "refused"},
    {"bytes", "\"YQ=\"", "refused"},
    {"bytes", "\"=\"", "refused"},
    {"bytes", "\"====\"", "refused"},
    {"bytes", "\"Y===\"", "refused"},
    {"bytes", "\"YQ==YQ==\"", "refused"},
    {"bytes", "\"Y Q\"", "refused"},
    {"bytes", "\"YQ\\n\"", "refused"},
    {"bytes", "7", "refused"},
    {"kind", "\"KIND_ROUND\"", "KIND_ROUND"},
    {"kind", "2", "KIND_SQUARE"},
    {"kind", "2.0", "KIND_SQUARE"},
    {"kind", "77", "77"},
    {"kind", "\"KIND_SQUARE \"", "refused"},
    {"kind", "\"kind_round\"", "refused"},
    {"kind", "\"2\"", "refused"},
    {"kind", "1.5", "refused"},
    {"kind", "2147483648", "refused"},
    {"kind", "true", "refused"},
    {"numbers", "[1, \"2\", 3e0]", "[1, 2, 3]"},
    {"numbers", "[]", ""},
    {"numbers", "1", "refused"},
    {"numbers", "null", "refused"},
    {"numbers", "{}", "refused"},
    {"kinds", "[\"KIND_ROUND\", 2]", "[KIND_ROUND, KIND_SQUARE]"},
};
INSTANTIATE_TEST_SUITE_P(Others, Scalar, ::testing::ValuesIn(kOthers));

}  // namespace
}  // namespace webhooks::gateway
