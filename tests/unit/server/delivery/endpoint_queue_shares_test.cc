#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/server/delivery/endpoint_queue_fixture.h"

// Tests of the projects' shares.
namespace webhooks::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// Eight attempts of all projects may be in flight.
class SmallEndpointQueue : public EndpointQueueTest {
 protected:
  SmallEndpointQueue() : EndpointQueueTest(Small()) {}

  static EndpointQueue::Limits Small() {
    EndpointQueue::Limits limits = Limits();
    limits.max_in_flight = 8;
    limits.max_bytes = 16 << 20;
    return limits;
  }
};

TEST_F(SmallEndpointQueue, LeavesPlacesForAnotherProject) {
  Prefetch({{{"p", "a"}, 4}, {{"p", "b"}, 4}});
  EXPECT_THAT(StartAttempts(), ElementsAre("a", "b", "a", "b", "a"));
  EXPECT_EQ(queue_.in_flight(), 5);
  SetDue({"q", "z"});
  Lease();
  Answer(requests_.at(0), 1);
  EXPECT_THAT(StartAttempts(), ElementsAre("z"));
}

TEST_F(SmallEndpointQueue, APlaceIsTakenUntilTheAttemptIsRecorded) {
  Prefetch({{{"p", "a"}, 4}, {{"p", "b"}, 4}});
  StartAttempts();
  const Attempt first = started_.front();
  queue_.FinishAttempt(*first, now_);
  EXPECT_THAT(StartAttempts(), IsEmpty());
  queue_.Release(*first);
  EXPECT_THAT(StartAttempts(), SizeIs(1));
}

TEST_F(SmallEndpointQueue, LeavesLeasesForAnotherProject) {
  for (int i = 0; i < 100; ++i) {
    SetDue({"p", "a" + std::to_string(i)});
  }
  EXPECT_THAT(Lease(),
              SizeIs(::testing::AllOf(::testing::Ge(15), ::testing::Le(22))));
  const std::vector<LeaseRequest> hogs = requests_;
  SetDue({"q", "z"});
  EXPECT_THAT(Lease(), ElementsAre("z1"));
  for (int i = 0; i < 4; ++i) Answer(hogs.at(i), 0);
  EXPECT_THAT(Lease(), Not(IsEmpty()));
}

TEST_F(SmallEndpointQueue, LeavesHalfOfTheLeasesToTheProjectsOtherEndpoints) {
  const Endpoint a = Prefetch("p", "a", 1);
  StartAttempts();
  SetDue(a);
  EXPECT_THAT(Lease(), ElementsAre("a10"));
}

TEST_F(SmallEndpointQueue, LeavesBytesForAnotherProject) {
  const Endpoint a = Prefetch("p", "a", 0);
  SetDue(a);
  for (int i = 0; i < 100; ++i) {
    Lease();
    if (requests_.empty()) break;
    Answer(requests_.at(0), 4, 256 << 10, now_);
    StartAttempts();
  }
  EXPECT_THAT(Lease(), IsEmpty());
  SetDue({"q", "z"});
  EXPECT_THAT(Lease(), ElementsAre("z1"));
}

TEST_F(SmallEndpointQueue, ARecordedAttemptReleasesItsBytes) {
  const Endpoint a = Prefetch("p", "a", 0);
  for (int i = 0; i < 100; ++i) {
    SetDue(a);
    Lease();
    ASSERT_THAT(requests_, SizeIs(1)) << i;
    Answer(requests_.at(0), 1, 256 << 10);
    ASSERT_THAT(StartAttempts(), SizeIs(1)) << i;
    FinishAttempt();
  }
  EXPECT_EQ(queue_.leased(), 0);
}

TEST_F(SmallEndpointQueue, ADroppedAttemptReleasesItsBytes) {
  const Endpoint a = Prefetch("p", "a", 0);
  for (int i = 0; i < 100; ++i) {
    SetDue(a);
    Lease();
    ASSERT_THAT(requests_, SizeIs(1)) << i;
    Answer(requests_.at(0), 1, 256 << 10);
    queue_.DropPrefetched(now_);
  }
}

}  // namespace
}  // namespace webhooks::server
