#include "storage/transfer.h"

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
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Exports of one database that are imported into another.
class Transfers : public TransferContract {};

TEST_P(Transfers, CarryEveryKindOfRecord) {
  Fill();
  const std::string stream = Export();
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    const auto imported = Import(*database, stream);
    ASSERT_THAT(imported, IsOk());
    EXPECT_EQ(imported->bytes, static_cast<std::int64_t>(stream.size()));
    for (const auto& [kind, count] : imported->records) {
      EXPECT_GT(count, 0) << kind;
    }
  });
}

TEST_P(Transfers, ReturnTheSameStreamFromTheOtherDatabase) {
  Fill();
  const std::string stream = Export();
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    ASSERT_THAT(Import(*database, stream), IsOk());
    database_.swap(database);
    EXPECT_TRUE(Export() == stream);
    database_.swap(database);
  });
}

TEST_P(Transfers, KeepCredentialsAndSecrets) {
  Fill();
  const std::string stream = Export();
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    ASSERT_THAT(Import(*database, stream), IsOk());
    MoveTo(std::move(database));
    EXPECT_THAT(HadFirstProject(*store_), IsOk());
    EXPECT_TRUE(*HadFirstProject(*store_));
    const auto owner = FindApiKey(*store_, with_key_.hash);
    ASSERT_THAT(owner, IsOk());
    EXPECT_EQ(owner->project.max_webhooks(), 70);
    const auto certificate = Await<v1::Project>([&](auto done) {
      store_->FindCertificate("client.example", {}, done);
    });
    ASSERT_THAT(certificate, IsOk());
    EXPECT_EQ(certificate->id_project(), project_);
    const auto secrets = Await<v1::WebhookSecrets>([&](auto done) {
      store_->GetSecrets(project_, listener_.id_webhook_endpoint(), now_, {},
                         done);
    });
    ASSERT_THAT(secrets, IsOk());
    EXPECT_EQ(secrets->secrets_size(), 2);
    EXPECT_EQ(secrets->DebugString(), secrets_.DebugString());
  });
}

TEST_P(Transfers, KeepTheQueueAndItsOrder) {
  Fill();
  const std::vector<std::string> events = EventsOf(Lease(waiting_));
  ASSERT_THAT(events, SizeIs(6));
  const std::string stream = Export();
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    ASSERT_THAT(Import(*database, stream), IsOk());
    MoveTo(std::move(database));
    std::vector<std::string> expected = events;
    const absl::Time now = now_;
    expected.push_back(PublishOne());
    now_ = now;
    const EndpointLease lease = Lease(waiting_);
    EXPECT_EQ(EventsOf(lease), expected);
    for (const LeasedDelivery& delivery : lease.deliveries) {
      ASSERT_THAT(Record(ResultOf(waiting_, delivery, Outcome::kDelivered)),
                  IsOk());
    }
    EXPECT_THAT(EventsOf(Lease(waiting_)), IsEmpty());
  });
}

TEST_P(Transfers, KeepWhatRecognisesRepeats) {
  Fill();
  const v1::Event event = *Await<v1::Event>(
      [&](auto done) { store_->GetEvent(project_, publication_, {}, done); });
  const std::string stream = Export();
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    ASSERT_THAT(Import(*database, stream), IsOk());
    MoveTo(std::move(database));
    const auto repeat = CreateOnce(MakeWebhook(project_));
    ASSERT_THAT(repeat, IsOk());
    EXPECT_TRUE(repeat->replayed);
    EXPECT_EQ(repeat->answer.id_webhook_endpoint(),
              once_.id_webhook_endpoint());
    const auto published = Publish(event);
    ASSERT_THAT(published, IsOk());
    EXPECT_EQ(published->matched_webhooks(), event.matched_webhooks());
  });
}

TEST_P(Transfers, LetARetryJobGoOn) {
  Fill();
  const std::string stream = Export();
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    ASSERT_THAT(Import(*database, stream), IsOk());
    MoveTo(std::move(database));
    Maintain();
    EXPECT_EQ(Job(job_).state(), v1::RetryJob::DONE);
    EXPECT_EQ(Job(job_).retried_count(), 250);
  });
}

TEST_P(Transfers, ShowOneMomentWhileTheStoreGoesOn) {
  Fill();
  std::vector<std::string> later;
  const auto stream = TryExport("", [&](absl::string_view) {
    later.push_back(PublishOne());
    return absl::OkStatus();
  });
  ASSERT_THAT(stream, IsOk());
  ASSERT_THAT(later, SizeIs(Gt(1u)));
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    ASSERT_THAT(Import(*database, *stream), IsOk());
    MoveTo(std::move(database));
    for (const std::string& event : later) {
      EXPECT_THAT(Await<v1::Event>([&](auto done) {
                    store_->GetEvent(project_, event, {}, done);
                  }),
                  StatusIs(absl::StatusCode::kNotFound));
    }
  });
}

TEST_P(Transfers, EndWithTheErrorOfTheSink) {
  Fill();
  EXPECT_THAT(
      TryExport("",
                [](absl::string_view) { return absl::CancelledError("stop"); }),
      StatusIs(absl::StatusCode::kCancelled));
}

TEST_P(Transfers, SealAgainWhatAnotherKeyHasSealed) {
  Fill();
  const std::string stream = Export();
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    EXPECT_THAT(Import(*database, stream, {TestKey(2)}),
                StatusIs(absl::StatusCode::kFailedPrecondition));
    ASSERT_THAT(Import(*database, stream, {TestKey(2), TestKey(1)}), IsOk());
    MoveTo(std::move(database), {TestKey(2)});
    const auto secrets = Await<v1::WebhookSecrets>([&](auto done) {
      store_->GetSecrets(project_, listener_.id_webhook_endpoint(), now_, {},
                         done);
    });
    ASSERT_THAT(secrets, IsOk());
    EXPECT_EQ(secrets->DebugString(), secrets_.DebugString());
    EXPECT_EQ(Lease(listener_).webhook->delivery().headers().at("x-token"),
              "confidential");
    EXPECT_THAT(CreateOnce(MakeWebhook(project_)), IsOk());
  });
}

TEST_P(Transfers, NeedAnEmptyDatabase) {
  Fill();
  const std::string stream = Export();
  store_.reset();
  for (const SecretKeys& keys :
       {SecretKeys{TestKey()}, SecretKeys{TestKey(2), TestKey()}}) {
    const auto imported = Import(*database_, stream, keys);
    EXPECT_THAT(imported, StatusIs(absl::StatusCode::kFailedPrecondition));
    EXPECT_THAT(imported.status().message(), HasSubstr("not empty"));
  }
  EXPECT_TRUE(Export() == stream);
}

TEST_P(Transfers, OfAnUnknownProjectAreRefused) {
  EXPECT_THAT(TryExport("nobody"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(TryExport(NewId()), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(Await<v1::Project>([&](auto done) {
                store_->DeleteProject(project_, now_, {}, done);
              }),
              IsOk());
  EXPECT_THAT(TryExport(project_), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(Transfers, OfANameThatIsNotUniqueAreRefused) {
  NewProject();
  EXPECT_THAT(TryExport("acme"), StatusIs(absl::StatusCode::kInvalidArgument));
}

INSTANTIATE_TEST_SUITE_P(Backends, Transfers,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
