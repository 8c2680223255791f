#include <grpcpp/support/status.h>

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "server/ctl/command.h"
#include "server/ctl/completion.h"
#include "server/ctl/delivery_tables.h"
#include "server/ctl/output.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "webhooks/v1/delivery.pb.h"
#include "webhooks/v1/event_service.pb.h"

namespace webhooks::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using ::testing::StartsWith;
using testing::StatusIs;

TEST(FindCommand, SeparatesWordsFromArguments) {
  std::vector<std::string> arguments;
  const auto command = FindCommand({"key", "create", "p1", "ci"}, arguments);
  ASSERT_THAT(command, IsOk());
  EXPECT_EQ((*command)->words, "key create");
  EXPECT_THAT(arguments, ElementsAre("p1", "ci"));
}

TEST(FindCommand, RefusesAWrongNumberOfArguments) {
  std::vector<std::string> arguments;
  const auto command = FindCommand({"key", "create", "p1"}, arguments);
  EXPECT_THAT(command, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(command.status().message(), HasSubstr("key create PROJECT NAME"));
  EXPECT_FALSE(FindCommand({"health", "now"}, arguments).ok());
}

TEST(FindCommand, AcceptsACommandWithoutAnArgumentInBrackets) {
  std::vector<std::string> arguments;
  EXPECT_THAT(FindCommand({"delivery", "explain", "e"}, arguments), IsOk());
  EXPECT_THAT(FindCommand({"delivery", "explain", "e", "w"}, arguments),
              IsOk());
  EXPECT_FALSE(FindCommand({"delivery", "explain"}, arguments).ok());
  EXPECT_FALSE(
      FindCommand({"delivery", "explain", "e", "w", "x"}, arguments).ok());
}

TEST(FindCommand, RefusesAnUnknownCommand) {
  std::vector<std::string> arguments;
  EXPECT_FALSE(FindCommand({}, arguments).ok());
  EXPECT_FALSE(FindCommand({"key"}, arguments).ok());
  EXPECT_FALSE(FindCommand({"keys", "list"}, arguments).ok());
}

TEST(CheckFlags, NamesAFlagOfAnotherCommand) {
  std::vector<std::string> arguments;
  const auto command = FindCommand({"webhook", "get", "w1"}, arguments);
  ASSERT_THAT(command, IsOk());
  EXPECT_THAT(CheckFlags(**command, {"json", "server"}), IsOk());
  const absl::Status status = CheckFlags(**command, {"json", "scope"});
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(status.message(), HasSubstr("--scope"));
}

TEST(Output, PrintsRawJsonUnchanged) {
  v1::ListEventsResponse page;
  page.add_events()->set_data(R"({"big":12345678901234567890})");
  page.add_events()->set_data("null");
  EXPECT_THAT(Json(page), HasSubstr(R"("data":{"big":12345678901234567890})"));
  EXPECT_THAT(Json(page), HasSubstr(R"("data":null)"));
}

TEST(Output, HasALineForEachMessageOfAList) {
  v1::Delivery delivery;
  v1::Attempt& first = *delivery.add_attempts();
  first.set_number(1);
  first.set_error(v1::Attempt::TIMEOUT);
  first.set_error_detail("it took too long");
  first.mutable_total()->set_nanos(500000000);
  first.set_max_number(3);
  v1::Attempt& second = *delivery.add_attempts();
  second.set_number(2);
  second.set_max_number(3);
  EXPECT_EQ(FieldText(delivery, "attempts"),
            "number=1 error=TIMEOUT error_detail='it took too long' "
            "total=0.500s max_number=3\nnumber=2 max_number=3");
}

TEST(Output, EscapesControlCharacters) {
  EXPECT_EQ(Printable("a\x1b[31m\n\x7f"), "a\\x1b[31m\\x0a\\x7f");
  EXPECT_EQ(Printable("\xc2\x9b"), "\\x9b");
  EXPECT_EQ(Printable("\xc3\xa9\xe4\xb8\x96"), "\xc3\xa9\xe4\xb8\x96");
}

TEST(Output, HasAColumnForEachField) {
  v1::Webhook first = testing::MakeWebhook(testing::NewId());
  first.set_url("https://long.example/hook");
  v1::Webhook second = first;
  second.clear_url();
  second.clear_scope();
  EXPECT_EQ(Table({&first, &second}, {"url", "active", "scope"}),
            "URL                        ACTIVE  SCOPE\n"
            "https://long.example/hook  true    "
            "connection.created,crm.contact.updated\n"
            "-                          true    all\n");
}

TEST(Output, CutsATextByCharacters) {
  EXPECT_EQ(Cut("abcde", 5), "abcde");
  EXPECT_EQ(Cut("abcdef", 5), "abcd\xe2\x80\xa6");
  EXPECT_EQ(Cut("\xc3\xa9\xc3\xa9\xc3\xa9", 2), "\xc3\xa9\xe2\x80\xa6");
  EXPECT_EQ(Cut("a\n", 9), "a\\x0a");
}

TEST(Output, AlignsColumnsByCharacters) {
  EXPECT_EQ(Columns({{"\xc3\xa9", "1"}, {"ab", "2"}}), "\xc3\xa9   1\nab  2\n");
}

TEST(DeliveryTables, HaveDurationsOfOneUnit) {
  EXPECT_EQ(ShortDuration(absl::Milliseconds(-1)), "0s");
  EXPECT_EQ(ShortDuration(absl::Seconds(119.9)), "119s");
  EXPECT_EQ(ShortDuration(absl::Minutes(2)), "2m");
  EXPECT_EQ(ShortDuration(absl::Hours(47)), "47h");
  EXPECT_EQ(ShortDuration(absl::Hours(24 * 30)), "30d");
}

TEST(DeliveryTables, HaveALineOfTheSameWidthsForEveryDelivery) {
  v1::Delivery delivery;
  delivery.set_id_delivery("01a209fb-2e74-7f2a-9a45-2d9abc3023ba");
  delivery.set_event_type(std::string(256, 't'));
  delivery.set_state(v1::Delivery::IN_FLIGHT);
  delivery.set_attempt_count(12);
  v1::Attempt& attempt = *delivery.add_attempts();
  attempt.set_max_number(20);
  attempt.set_error(v1::Attempt::CONNECTION_REFUSED);
  const std::string line = DeliveryLine(delivery, absl::Now());
  EXPECT_THAT(line, HasSubstr("2d9abc3023ba  "));
  EXPECT_THAT(line, HasSubstr("  12 of 20  CONNECTION_REFUSED  "));
  EXPECT_LE(line.size(), 120u);
  EXPECT_LE(FollowedLine(delivery, absl::Now()).size(), 121u);
}

TEST(DeliveryTables, HaveTheTimeOfTheLatestAttemptIfTheyAreFollowed) {
  v1::Delivery delivery;
  delivery.mutable_created_at()->set_seconds(3599);
  EXPECT_THAT(FollowedLine(delivery, absl::Now()), StartsWith("00:59:59  "));
  v1::Attempt& attempt = *delivery.add_attempts();
  attempt.mutable_started_at()->set_seconds(7200);
  attempt.mutable_total()->set_seconds(2);
  EXPECT_THAT(FollowedLine(delivery, absl::Now()), StartsWith("02:00:02  "));
}

TEST(Completion, SkipsFlagsAndTheirValues) {
  EXPECT_THAT(Complete({"--server", "a:1", "--json", "key"}, "re"),
              ElementsAre("revoke"));
  EXPECT_THAT(Complete({"delivery", "list", "--state"}, "he"),
              ElementsAre("held"));
  EXPECT_THAT(Complete({"--key_file"}, ""), ::testing::IsEmpty());
}

TEST(Output, HasTimesInUtcToTheSecond) {
  const v1::Webhook webhook = testing::MakeWebhook(testing::NewId());
  EXPECT_EQ(FieldText(webhook, "created_at"), "2024-10-01T12:00:00Z");
}

TEST(ExitCode, DistinguishesFailures) {
  EXPECT_EQ(ExitCode(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCode(absl::NotFoundError("")), 3);
  EXPECT_EQ(ExitCode(absl::UnauthenticatedError("")), 4);
  EXPECT_EQ(ExitCode(absl::UnavailableError("")), 5);
  EXPECT_EQ(ExitCode(absl::DeadlineExceededError("")), 5);
  EXPECT_EQ(ExitCode(WithReason(absl::InvalidArgumentError(""), "R")), 6);
  EXPECT_EQ(ExitCode(absl::FailedPreconditionError("")), 6);
  // An error that is not a server's answer is an error of the command line.
  EXPECT_EQ(ExitCode(absl::InvalidArgumentError("")), 1);
  EXPECT_EQ(ExitCode(absl::ResourceExhaustedError("")), 7);
  EXPECT_EQ(ExitCode(absl::AlreadyExistsError("")), 8);
  EXPECT_EQ(ExitCode(absl::InternalError("")), 1);
}

TEST(ClientStatus, NamesAnUnreachableServer) {
  const absl::Status status = StatusOf(
      grpc::Status(grpc::StatusCode::UNAVAILABLE, "sockets and such"), "a:1",
      /*is_plaintext=*/true);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(status.message(), "cannot reach a:1: sockets and such");
}

TEST(ClientStatus, SuggestsTlsIfTheServerClosesTheConnection) {
  const grpc::Status closed(grpc::StatusCode::UNAVAILABLE, "Socket closed");
  EXPECT_THAT(StatusOf(closed, "a:1", /*is_plaintext=*/true).message(),
              HasSubstr("--tls_ca"));
  EXPECT_THAT(StatusOf(closed, "a:1", /*is_plaintext=*/false).message(),
              Not(HasSubstr("--tls_ca")));
}

}  // namespace
}  // namespace webhooks::ctl
