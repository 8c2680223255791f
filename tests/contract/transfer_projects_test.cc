#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/transfer_contract.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::testing {
namespace {

using ::testing::Gt;
using ::testing::SizeIs;

// Exports of one project, which are imported beside others.
class ProjectTransfers : public TransferContract {
 protected:
  // Moves to a database that has another project with events. Returns that.
  std::string MoveToOther(std::unique_ptr<TestDatabase> database) {
    MoveTo(std::move(database));
    const std::string other = NewProject();
    v1::Webhook webhook = MakeWebhook(other);
    webhook.clear_scope();
    EXPECT_THAT(CreateWebhook(*store_, webhook), IsOk());
    for (int i = 0; i < 3; ++i) {
      v1::Event event = MakeEvent();
      event.set_id_project(other);
      EXPECT_THAT(Publish(event), IsOk());
    }
    return other;
  }

  // Imports into the database of the store.
  absl::Status ImportHere(const std::string& stream) {
    store_.reset();
    const auto imported = Import(*database_, stream);
    Reopen();
    return imported.status();
  }
};

TEST_P(ProjectTransfers, CarryTheProjectAndNothingElse) {
  Fill();
  const std::string stream = Export(project_);
  const std::vector<std::string> rows = RowsOf(stream);
  ASSERT_THAT(rows, SizeIs(Gt(500u)));
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    const std::string other = MoveToOther(std::move(database));
    const std::vector<std::string> others = RowsOf(Export(other));
    ASSERT_THAT(ImportHere(stream), IsOk());
    EXPECT_EQ(RowsOf(Export(project_)), rows);
    EXPECT_EQ(RowsOf(Export(other)), others);
    const auto projects = Await<Page<v1::Project>>(
        [&](auto done) { store_->ListProjects({}, {}, done); });
    EXPECT_EQ(projects->records.size(), 2u);
  });
}

TEST_P(ProjectTransfers, GoOnInTheirOrder) {
  Fill();
  const std::vector<std::string> events = EventsOf(Lease(waiting_));
  const std::string stream = Export(project_);
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    MoveToOther(std::move(database));
    ASSERT_THAT(ImportHere(stream), IsOk());
    std::vector<std::string> expected = events;
    const absl::Time now = now_;
    expected.push_back(PublishOne());
    now_ = now;
    EXPECT_EQ(EventsOf(Lease(waiting_)), expected);
    Maintain();
    EXPECT_EQ(Job(job_).state(), v1::RetryJob::DONE);
    EXPECT_EQ(Job(job_).retried_count(), 250);
  });
}

TEST_P(ProjectTransfers, CreateTheDatabase) {
  NewListener();
  PublishOne();
  const std::string stream = Export("acme");
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    ASSERT_THAT(Import(*database, stream), IsOk());
    MoveTo(std::move(database));
    EXPECT_FALSE(*HadFirstProject(*store_));
    EXPECT_EQ(RowsOf(Export(project_)), RowsOf(stream));
  });
}

TEST_P(ProjectTransfers, AreRefusedWhereTheProjectIs) {
  Fill();
  const std::string stream = Export(project_);
  const std::string before = Export();
  EXPECT_THAT(ImportHere(stream), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_TRUE(Export() == before);
}

TEST_P(ProjectTransfers, AreRefusedWhereARecordIsTaken) {
  Fill();
  const std::string stream = Export(project_);
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    const std::string other = MoveToOther(std::move(database));
    ASSERT_THAT(Bind("client.example", other), IsOk());
    const std::string before = Export();
    EXPECT_THAT(ImportHere(stream), StatusIs(absl::StatusCode::kAlreadyExists));
    EXPECT_TRUE(Export() == before);
  });
}

TEST_P(ProjectTransfers, NeedAFirstKeyThatTheDatabaseUses) {
  Fill();
  const std::string stream = Export(project_);
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    MoveToOther(std::move(database));
    const std::string before = Export();
    store_.reset();
    EXPECT_THAT(Import(*database_, stream, {TestKey(2), TestKey(1)}),
                StatusIs(absl::StatusCode::kFailedPrecondition));
    EXPECT_TRUE(Export() == before);
  });
}

INSTANTIATE_TEST_SUITE_P(Backends, ProjectTransfers,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
