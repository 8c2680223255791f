#include "server/runtime/trace_context.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks {
namespace {

using ::testing::MatchesRegex;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kParent[] = "00f067aa0ba902b7";
constexpr char kTraceparent[] =
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(StartSpan, ContinuesTheTrace) {
  const Span span = StartSpan(kTraceparent, "");
  EXPECT_EQ(span.trace_id, kTrace);
  EXPECT_EQ(span.parent_id, kParent);
  EXPECT_THAT(span.span_id, MatchesRegex("[0-9a-f]{16}"));
  EXPECT_NE(span.span_id, kParent);
  EXPECT_EQ(span.Traceparent(),
            absl::StrCat("00-", kTrace, "-", span.span_id, "-01"));
}

TEST(StartSpan, KeepsTheSampledFlag) {
  const auto flags = [](const char* given) {
    return StartSpan(absl::StrCat("00-", kTrace, "-", kParent, "-", given), "")
        .Traceparent()
        .substr(52);
  };
  EXPECT_EQ(flags("00"), "-00");
  EXPECT_EQ(flags("01"), "-01");
  // Version 00 must not set other bits.
  EXPECT_EQ(flags("fe"), "-00");
  EXPECT_EQ(flags("ff"), "-01");
}

TEST(StartSpan, ReadsLaterVersions) {
  EXPECT_EQ(StartSpan(absl::StrCat("cc-", kTrace, "-", kParent, "-01-what"), "")
                .trace_id,
            kTrace);
}

TEST(StartSpan, StartsATraceIfTraceparentIsMalformed) {
  for (const std::string bad :
       {"", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g"}) {
    const Span span = StartSpan(bad, "a=1");
    EXPECT_THAT(span.trace_id, MatchesRegex("[0-9a-f]{32}")) << bad;
    EXPECT_NE(span.trace_id, kTrace) << bad;
    EXPECT_EQ(span.parent_id, "") << bad;
    EXPECT_EQ(span.tracestate, "") << bad;
    EXPECT_TRUE(span.is_sampled) << bad;
  }
}

TEST(StartSpan, IsDifferentEachTime) {
  EXPECT_NE(StartSpan("", "").trace_id, StartSpan("", "").trace_id);
  EXPECT_NE(StartSpan(kTraceparent, "").span_id,
            StartSpan(kTraceparent, "").span_id);
}

TEST(StartSpan, KeepsTracestateUnchanged) {
  for (const std::string good :
       {"a=1", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "a=1, b=2 ,,\tc=3",
        "tenant@system=x y", "0a_-*/=~!"}) {
    EXPECT_EQ(StartSpan(kTraceparent, good).tracestate, good);
  }
}

TEST(StartSpan, DropsAMalformedOrLongTracestate) {
  std::string many;
  for (int i = 0; i < 33; ++i)
    absl::StrAppend(&many, i ? "," : "", "k", i, "=1");
  for (const std::string& bad :
       {std::string("a"), std::string("=1"), std::string("A=1"),
        std::string("a="), std::string("a=1=2"), std::string("a=\x01"),
        std::string("a@b@c=1"), std::string("a=1\r\nx: y"), std::string(","),
        absl::StrCat("a=", std::string(257, 'x')), many,
        absl::StrCat("a=", std::string(250, 'x'), ",b=", std::string(250, 'x'),
                     ",c=", std::string(50, 'x'))}) {
    EXPECT_EQ(StartSpan(kTraceparent, bad).tracestate, "") << bad;
  }
}

TEST(Span, HasNoHeaderIfItWasNotStarted) {
  EXPECT_EQ(Span().Traceparent(), "");
}

}  // namespace
}  // namespace webhooks
