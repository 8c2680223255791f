#include "gateway/backend/reachability.h"

#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

using Change = Reachability::Change;

TEST(Reachability, ReportsOnlyChanges) {
  Reachability server(1);
  EXPECT_EQ(server.Note(0, true, ""), Change::kNone);
  EXPECT_EQ(server.Note(0, false, "refused"), Change::kLost);
  EXPECT_EQ(server.Note(0, false, "refused"), Change::kNone);
  EXPECT_EQ(server.Note(0, true, ""), Change::kFound);
  EXPECT_EQ(server.Note(0, true, ""), Change::kNone);
  EXPECT_EQ(server.Note(0, false, "refused"), Change::kLost);
}

TEST(Reachability, IsLostOnceByAllConnections) {
  Reachability server(2);
  EXPECT_EQ(server.Note(0, false, "refused"), Change::kLost);
  EXPECT_EQ(server.Note(1, false, "refused"), Change::kNone);
}

TEST(Reachability, IsNotLostAgainWhileAConnectionIsNotBackYet) {
  Reachability server(2);
  EXPECT_EQ(server.Note(0, false, "refused"), Change::kLost);
  EXPECT_EQ(server.Note(1, false, "refused"), Change::kNone);
  EXPECT_EQ(server.Note(0, true, ""), Change::kFound);
  EXPECT_EQ(server.Note(1, false, "refused"), Change::kNone);
  EXPECT_EQ(server.Note(0, true, ""), Change::kNone);
  EXPECT_EQ(server.Note(1, true, ""), Change::kNone);
  EXPECT_EQ(server.Note(1, false, "refused"), Change::kLost);
}

TEST(Reachability, ReportsEachFurtherCauseOnce) {
  Reachability server(1);
  EXPECT_EQ(server.Note(0, false, "refused"), Change::kLost);
  EXPECT_EQ(server.Note(0, false, "all failed; last error: refused"),
            Change::kNone);
  EXPECT_EQ(server.Note(0, false, "all failed; last error: reset"),
            Change::kOtherCause);
  EXPECT_EQ(server.Note(0, false, "refused"), Change::kNone);
  EXPECT_EQ(server.Note(0, false, "reset"), Change::kNone);
  EXPECT_EQ(server.Note(0, true, ""), Change::kFound);
  EXPECT_EQ(server.Note(0, false, "reset"), Change::kLost);
  EXPECT_EQ(server.Note(0, false, "refused"), Change::kOtherCause);
}

TEST(Reachability, LimitsTheNumberOfCauses) {
  Reachability server(1);
  int changes = 0;
  for (int i = 0; i < 100; ++i) {
    if (server.Note(0, false, std::to_string(i)) != Change::kNone) ++changes;
  }
  EXPECT_EQ(changes, static_cast<int>(Reachability::kMaxCauses));
}

}  // namespace
}  // namespace webhooks::gateway
