#include <cstring>
#include <random>

#include "gateway/transcoding/transcoder.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/support/transcoding_test.pb.h"
#include "tests/unit/gateway/transcoding/test_service.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::util::MessageDifferencer;
using test::v1::Everything;

void ExpectRoundTrip(const Everything& everything) {
  const auto json = WriteResponse(BindingOf("POST", "/everything"), everything);
  ASSERT_TRUE(json.ok()) << json.status();
  const auto request = Read("POST", "/everything", *json);
  ASSERT_TRUE(request.ok()) << request.status() << *json;
  EXPECT_TRUE(MessageDifferencer::Equals(**request, everything)) << *json;
}

TEST(RoundTrip, KeepsAnEmptyMessage) { ExpectRoundTrip({}); }

TEST(RoundTrip, KeepsEveryTypeOfField) {
  Everything everything;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(
    int32: -1 int64: -2 uint32: 3 uint64: 4 sint32: -5 sint64: -6 fixed32: 7
    fixed64: 8 sfixed32: -9 sfixed64: -10 float: 1.1 double: 1.2 bool: true
    string: "\000 \" \\ é" bytes: "\377\000" kind: KIND_SQUARE
    child { child { bool: true } } maybe_number: 0 maybe_text: "" renamed: "a"
    numbers: [1, 2] words: ["a", ""] kinds: [1, 5] children {} children {
    int32: 1 }
    by_string { key: "" value: "a" } by_int32 { key: -1 value: "b" }
    by_int64 { key: -2 value: "c" } by_uint32 { key: 1 value: "d" }
    by_uint64 { key: 2 value: "e" } by_bool { key: true value: "f" }
    child_by_name { key: "x" value { bool: true } }
    nullable_map { key: "a" value: 1 } kind_by_name { key: "a" value: 2 }
    third_choice { bool: true }
    timestamp { seconds: -1 nanos: 5 } duration { seconds: -1 nanos: -5 }
    field_mask { paths: "a_b.c" paths: "d" }
    empty {} timestamps {} timestamps { seconds: 1 }
    nullable_timestamp { seconds: 2 })",
      &everything));
  ExpectRoundTrip(everything);
}

TEST(RoundTrip, KeepsEveryBitOfAReal) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 10'000; ++i) {
    Everything everything;
    const uint64_t bits = random();
    double value;
    std::memcpy(&value, &bits, sizeof(value));
    float narrow;
    std::memcpy(&narrow, &bits, sizeof(narrow));
    if (value != value || narrow != narrow) continue;
    everything.set_double_(value);
    everything.set_float_(narrow);
    ExpectRoundTrip(everything);
  }
}

TEST(RoundTrip, KeepsEveryInteger) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 1'000; ++i) {
    Everything everything;
    everything.set_int32(static_cast<int32_t>(random()));
    everything.set_int64(static_cast<int64_t>(random()));
    everything.set_uint32(static_cast<uint32_t>(random()));
    everything.set_uint64(random());
    everything.mutable_timestamp()->set_seconds(
        static_cast<int64_t>(random() % 315537897600) - 62135596800);
    everything.mutable_timestamp()->set_nanos(
        static_cast<int32_t>(random() % 1'000'000'000));
    ExpectRoundTrip(everything);
  }
}

}  // namespace
}  // namespace webhooks::gateway
