#include "server/observability/delivery_log.h"

#include <functional>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/runtime/log.h"

namespace webhooks::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Kind = DeliveryChange::Kind;

// Returns the lines that `log` writes.
std::string LinesOf(const std::function<void()>& log) {
  FlushLog();
  ::testing::internal::CaptureStdout();
  log();
  FlushLog();
  return ::testing::internal::GetCapturedStdout();
}

TEST(DeliveryLog, NamesAPublicationAndItsTrace) {
  const PublishedEvent event{
      "e1",
      "p1",
      "a.b",
      2,
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", ""}};
  const std::string line = LinesOf([&] { LogPublication(event); });
  EXPECT_THAT(line, HasSubstr(" info published id_event=e1 type=a.b "
                              "matched_webhooks=2 project_id=p1 "
                              "trace_id=4bf92f3577b34da6a3ce929d0e0e4736\n"));
}

TEST(DeliveryLog, SaysThatAnEventMatchesNoWebhook) {
  const std::string line = LinesOf([] {
    LogPublication({"e1", "p1", "a.b", 0, {}});
  });
  EXPECT_THAT(line, HasSubstr("decision=not_matched"));
  EXPECT_THAT(line, Not(HasSubstr("trace_id")));
}

TEST(DeliveryLog, WarnsOfALossAlone) {
  for (const auto& [kind, text] : {
           std::pair(Kind::kHeld,
                     " info delivery id_event=e1 "
                     "id_webhook_endpoint=w1 id_delivery=d1 "
                     "project_id=p1 decision=held\n"),
           std::pair(Kind::kMade, "decision=made\n"),
           std::pair(Kind::kRestarted, "decision=restarted\n"),
           std::pair(Kind::kCancelled, "decision=cancelled\n"),
           std::pair(Kind::kExpired, "decision=expired\n"),
           std::pair(Kind::kDamaged, "decision=damaged\n"),
       }) {
    const DeliveryChange change{"d1", "e1", {"p1", "w1"}, kind};
    const std::string line = LinesOf([&] { LogChange(change); });
    const bool is_loss = kind == Kind::kExpired || kind == Kind::kDamaged;
    EXPECT_THAT(line, HasSubstr(text));
    EXPECT_THAT(line, HasSubstr(is_loss ? " warning " : " info "));
  }
}

TEST(DeliveryLog, WarnsOfADeactivation) {
  EXPECT_THAT(LinesOf([] {
                LogDeactivation({"p1", "w1"}, v1::Deactivation::GONE);
              }),
              HasSubstr(" warning webhook deactivated id_webhook_endpoint=w1 "
                        "project_id=p1 reason=GONE\n"));
}

}  // namespace
}  // namespace webhooks::server
