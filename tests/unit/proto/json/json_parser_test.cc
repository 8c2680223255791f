#include "proto/json/json_parser.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace webhooks {
namespace {

constexpr int kMaxDepth = 4;

// Writes each event as a word; stops at the key "stop".
class Recorder : public JsonSink {
 public:
  bool BeginObject() override { return Add("{"); }
  bool EndObject() override { return Add("}"); }
  bool BeginArray() override { return Add("["); }
  bool EndArray() override { return Add("]"); }
  bool Key(absl::string_view key) override {
    Add(absl::StrCat(key, ":"));
    return key != "stop";
  }
  bool Value(const JsonScalar& scalar) override {
    constexpr absl::string_view kKinds[] = {"string", "number", "true",
                                            "false",  "null",   "text"};
    return Add(
        absl::StrCat(kKinds[static_cast<int>(scalar.kind)], " ", scalar.text));
  }

  const std::string& events() const { return events_; }

 private:
  bool Add(absl::string_view event) {
    absl::StrAppend(&events_, event, "|");
    return true;
  }

  std::string events_;
};

JsonParser::Error ErrorOf(absl::string_view text) {
  Recorder recorder;
  JsonParser parser(recorder, kMaxDepth);
  parser.Parse(text, /*is_last=*/true);
  return parser.error();
}

TEST(JsonParser, PassesEventsInTheirOrder) {
  Recorder recorder;
  JsonParser parser(recorder, kMaxDepth);
  EXPECT_TRUE(parser.Parse(R"({"a":[1.50,"b\n",true],"c":null})", true));
  EXPECT_EQ(recorder.events(),
            "{|a:|[|number 1.50|string b\n|true |]|c:|null |}|");
  EXPECT_EQ(parser.error(), JsonParser::Error::kNone);
}

TEST(JsonParser, PassesTheSameEventsForPartsOfAnySize) {
  constexpr absl::string_view kText = R"({"a\u0041":[-1.5e3,"b\"c"]})";
  Recorder whole;
  ASSERT_TRUE(JsonParser(whole, kMaxDepth).Parse(kText, true));
  for (std::size_t size = 1; size < kText.size(); ++size) {
    Recorder recorder;
    JsonParser parser(recorder, kMaxDepth);
    for (std::size_t at = 0; at < kText.size(); at += size) {
      EXPECT_TRUE(
          parser.Parse(kText.substr(at, size), at + size >= kText.size()));
    }
    EXPECT_EQ(recorder.events(), whole.events()) << size;
  }
}

TEST(JsonParser, StopsWhenTheSinkReturnsFalse) {
  Recorder recorder;
  JsonParser parser(recorder, kMaxDepth);
  EXPECT_FALSE(parser.Parse(R"({"stop":1})", true));
  EXPECT_EQ(recorder.events(), "{|stop:|");
  EXPECT_EQ(parser.error(), JsonParser::Error::kStopped);
}

TEST(JsonParser, DistinguishesErrors) {
  EXPECT_EQ(ErrorOf("[[[[[]]]]]"), JsonParser::Error::kTooDeep);
  EXPECT_EQ(ErrorOf("1e99999999999"), JsonParser::Error::kExponentOverflow);
  EXPECT_EQ(ErrorOf("[1"), JsonParser::Error::kIncomplete);
  EXPECT_EQ(ErrorOf("[1] 2"), JsonParser::Error::kExtraText);
  EXPECT_EQ(ErrorOf("[1,]"), JsonParser::Error::kSyntax);
}

TEST(JsonParser, CountsTheBytesOfAllParts) {
  Recorder recorder;
  JsonParser parser(recorder, kMaxDepth);
  EXPECT_TRUE(parser.Parse("[1,", false));
  EXPECT_FALSE(parser.Parse("2,]", true));
  EXPECT_EQ(parser.byte(), 5);
}

TEST(IsJson, LimitsTheDepth) {
  EXPECT_TRUE(IsJson("[[]]", 2));
  EXPECT_FALSE(IsJson("[[]]", 1));
  EXPECT_FALSE(IsJson("", 1));
}

}  // namespace
}  // namespace webhooks
