#include "gateway/backend/reachability.h"

#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

using Change = Reachability::Change;

TEST(Reachability, ReportsOnlyChanges) {
  Reachability server(1);
  EXPECT_EQ(server.Note(0, true), Change::kNone);
  EXPECT_EQ(server.Note(0, false), Change::kLost);
  EXPECT_EQ(server.Note(0, false), Change::kNone);
  EXPECT_EQ(server.Note(0, true), Change::kFound);
  EXPECT_EQ(server.Note(0, true), Change::kNone);
  EXPECT_EQ(server.Note(0, false), Change::kLost);
}

TEST(Reachability, IsLostOnceByAllConnections) {
  Reachability server(2);
  EXPECT_EQ(server.Note(0, false), Change::kLost);
  EXPECT_EQ(server.Note(1, false), Change::kNone);
}

TEST(Reachability, IsNotLostAgainWhileAConnectionIsNotBackYet) {
  Reachability server(2);
  EXPECT_EQ(server.Note(0, false), Change::kLost);
  EXPECT_EQ(server.Note(1, false), Change::kNone);
  EXPECT_EQ(server.Note(0, true), Change::kFound);
  EXPECT_EQ(server.Note(1, false), Change::kNone);
  EXPECT_EQ(server.Note(0, true), Change::kNone);
  EXPECT_EQ(server.Note(1, true), Change::kNone);
  EXPECT_EQ(server.Note(1, false), Change::kLost);
}

}  // namespace
}  // namespace webhooks::gateway
