#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "server/call/api_key.h"
#include "server/call/once.h"
#include "storage/open.h"
#include "storage/sqlite/engine/connection.h"
#include "tests/support/database_001.h"
#include "tests/support/database_002.h"
#include "tests/support/database_006.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

// Databases that earlier versions wrote.
namespace webhooks::sqlite {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;
using testing::StatusIs;

class OldDatabase : public ::testing::Test {
 protected:
  explicit OldDatabase(const char* dump) {
    EXPECT_EQ(
        sqlite3_exec(Connect()->handle(), dump, nullptr, nullptr, nullptr),
        SQLITE_OK);
  }

  std::unique_ptr<Connection> Connect() {
    auto connection =
        Connection::Open(folder_.Path("test.db"), Connection::Mode::kWrite);
    EXPECT_THAT(connection, IsOk());
    return *std::move(connection);
  }

  absl::StatusOr<std::unique_ptr<Store>> Open() {
    return OpenStore(url_, testing::Always());
  }

  // Returns the content of all files.
  std::string Bytes() {
    std::string bytes;
    for (const auto& file :
         std::filesystem::directory_iterator(folder_.Path("."))) {
      bytes += testing::ReadFile(file.path().string());
    }
    return bytes;
  }

  // Returns how many webhooks get an event of `type`.
  static int Matched(Store& store, const std::string& project,
                     const std::string& type) {
    v1::Event event;
    event.set_id_project(project);
    event.set_id_event(testing::NewId());
    event.set_type(type);
    *event.mutable_created_at() = ToTimestamp(absl::Now());
    const auto published = Await<Created<v1::PublishEventResponse>>(
        [&](auto done) { store.PublishEvent(event, std::nullopt, {}, done); });
    EXPECT_THAT(published, IsOk());
    return published->answer.matched_webhooks();
  }

  testing::TempFolder folder_;
  const std::string url_ = absl::StrCat("sqlite:", folder_.Path("test.db"));
};

class DatabaseOfVersion1 : public OldDatabase {
 protected:
  DatabaseOfVersion1() : OldDatabase(testing::kDatabase001) {}

  const std::string project_ = "01a20c3b-6211-77b2-a67e-925869048751";
};

TEST_F(DatabaseOfVersion1, IsReadAsItWas) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  const auto page = Await<Page<v1::Webhook>>(
      [&](auto done) { (*store)->ListWebhooks(project_, {}, {}, {}, done); });
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->records.size(), 2u);
  const v1::Webhook& first = page->records[0];
  EXPECT_EQ(first.id_webhook_endpoint(),
            "01a20c3b-69ed-794f-a192-e76c01b8cfb1");
  EXPECT_EQ(first.secret(),
            "whsec_KnYtJ91P8d81//EFZv9cGtpok2eLx89scB1WFKnVrLM=");
  EXPECT_EQ(first.endpoint_description(),
            "Webhook to receive connection events");
  EXPECT_EQ(first.scope_size(), 2);
  EXPECT_TRUE(first.active());
  const v1::Webhook& second = page->records[1];
  EXPECT_EQ(second.secret(),
            "whsec_HcMDs2X7kFYrcJ73OTCJD7UMdt+8boYF18Q2LGNb0b4=");
  EXPECT_FALSE(second.has_url());
  const auto secrets = Await<v1::WebhookSecrets>([&](auto done) {
    (*store)->GetSecrets(project_, second.id_webhook_endpoint(), absl::Now(),
                         {}, done);
  });
  ASSERT_THAT(secrets, IsOk());
  EXPECT_EQ(secrets->secrets(0).created_at().seconds(), 1795501550);
  EXPECT_EQ(secrets->secrets(0).created_at().nanos(), 69'000'000);
}

TEST_F(DatabaseOfVersion1, WorksOn) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  ASSERT_THAT(testing::CreateWebhook(**store, testing::MakeWebhook(project_)),
              IsOk());
  const auto project = Await<v1::Project>(
      [&](auto done) { (*store)->GetProject(project_, {}, done); });
  ASSERT_THAT(project, IsOk());
  EXPECT_EQ(project->webhook_count(), 3);
  EXPECT_TRUE(*testing::HadFirstProject(**store));
  const auto keys = Await<Page<v1::ApiKey>>(
      [&](auto done) { (*store)->ListApiKeys(project_, {}, {}, done); });
  ASSERT_THAT(keys, IsOk());
  EXPECT_EQ(keys->records.size(), 1u);
}

TEST_F(DatabaseOfVersion1, HasNoSecretInClearText) {
  const std::string secret = "KnYtJ91P8d81//EFZv9cGtpok2eLx89scB1WFKnVrLM=";
  ASSERT_NE(Bytes().find(secret), std::string::npos);
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ(Bytes().find(secret), std::string::npos);
}

// Their pages are not reused by another table.
TEST_F(DatabaseOfVersion1, HasNoneOfManySecretsInClearText) {
  ASSERT_THAT(
      Connect()->Execute(
          "add webhooks",
          "INSERT INTO webhooks WITH RECURSIVE numbers (n) AS (SELECT 1 UNION"
          " ALL SELECT n + 1 FROM numbers WHERE n < 1000) SELECT projects.id,"
          " randomblob(16), NULL, NULL, 'whsec_inTheClear' ||"
          " hex(zeroblob(500)), 1, NULL, 0, 0 FROM projects, numbers"),
      IsOk());
  ASSERT_NE(Bytes().find("inTheClear"), std::string::npos);
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ(Bytes().find("inTheClear"), std::string::npos);
}

// The start is interrupted after the migration.
TEST_F(DatabaseOfVersion1, HasNoSecretInTheLogOfAnInterruptedStart) {
  ASSERT_THAT(Open(), IsOk());
  const std::string secret = "KnYtJ91P8d81//EFZv9cGtpok2eLx89scB1WFKnVrLM=";
  {
    const auto connection = Connect();
    sqlite3_db_config(connection->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                      nullptr);
    const auto rename = [&](absl::string_view name) {
      return connection->Execute(
          "rename", absl::StrCat("UPDATE projects SET name = '", name, "'"));
    };
    ASSERT_THAT(rename(secret), IsOk());
    ASSERT_THAT(rename("default"), IsOk());
  }
  ASSERT_NE(Bytes().find(secret), std::string::npos);
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ(Bytes().find(secret), std::string::npos);
}

TEST_F(DatabaseOfVersion1, IsNotChangedWithoutASecretKey) {
  const auto refused = OpenStore(url_, [](bool) -> absl::StatusOr<SecretKeys> {
    return absl::PermissionDeniedError("no key");
  });
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_NE(Bytes().find("KnYtJ91P8d81"), std::string::npos);
  EXPECT_THAT(Open(), IsOk());
}

TEST_F(DatabaseOfVersion1, HasItsWebhooksListening) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ(Matched(**store, project_, "crm.contact.updated"), 2);
  EXPECT_EQ(Matched(**store, project_, "other"), 1);
}

class DatabaseOfVersion2 : public OldDatabase {
 protected:
  DatabaseOfVersion2() : OldDatabase(testing::kDatabase002) {}

  absl::StatusOr<v1::WebhookSecrets> SecretsOf(Store& store,
                                               const std::string& webhook) {
    return Await<v1::WebhookSecrets>([&](auto done) {
      store.GetSecrets(project_, webhook, made_, {}, done);
    });
  }

  const std::string project_ = "01a21053-75a6-797e-a810-18bcadc3fc26";
  const std::string other_project_ = "01a21053-7c5c-715c-95f6-585b0a9c0ea1";
  const std::string rotated_ = "01a21053-7c2a-74c4-a373-9b3036df9813";
  // 2026-11-25T01:30:37Z
  const absl::Time made_ = absl::FromUnixSeconds(1795570237);
};

TEST_F(DatabaseOfVersion2, IsReadAsItWas) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  const auto page = Await<Page<v1::Webhook>>(
      [&](auto done) { (*store)->ListWebhooks(project_, {}, {}, {}, done); });
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->records.size(), 4u);
  const v1::Webhook& first = page->records[0];
  EXPECT_EQ(first.endpoint_description(),
            "Webhook to receive connection events");
  EXPECT_EQ(first.url(), "https://acme.com/webhook_receiver");
  EXPECT_EQ(first.secret(),
            "whsec_5EKouP2JLPRpOZYM4dQ5D4dOMzFGJifh+pVVEYQ/s1g=");
  EXPECT_THAT(first.scope(),
              ElementsAre("connection.created", "crm.contact.updated"));
  EXPECT_FALSE(first.has_delivery());
  const v1::Webhook& second = page->records[1];
  EXPECT_FALSE(second.has_url());
  EXPECT_FALSE(second.has_endpoint_description());
  EXPECT_EQ(second.scope_size(), 0);
  EXPECT_FALSE(page->records[3].active());
}

TEST_F(DatabaseOfVersion2, HasItsRotatedSecrets) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  const auto secrets = SecretsOf(**store, rotated_);
  ASSERT_THAT(secrets, IsOk());
  ASSERT_EQ(secrets->secrets_size(), 2);
  EXPECT_EQ(secrets->secrets(0).secret(),
            "whsec_VeWZZYJm9ttyLlVzdx5926LPO+G9v3udiqexE/PHatM=");
  EXPECT_EQ(secrets->secrets(1).secret(),
            "whsec_f1AJFBhqUDOMJONaZFXYt5n9k+xg4qt7fecmQvydFIw=");
  EXPECT_EQ(secrets->secrets(1).expires_at().seconds(), 1796175036);
}

TEST_F(DatabaseOfVersion2, HasItsProjectsAndTheirLimits) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  const auto project = Await<v1::Project>(
      [&](auto done) { (*store)->GetProject(other_project_, {}, done); });
  ASSERT_THAT(project, IsOk());
  EXPECT_EQ(project->name(), "acme");
  EXPECT_EQ(project->webhook_count(), 1);
  EXPECT_EQ(project->max_webhooks(), 7);
  EXPECT_EQ(project->max_requests_per_second(), 50);
  EXPECT_TRUE(*testing::HadFirstProject(**store));
}

TEST_F(DatabaseOfVersion2, AcceptsItsKeys) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  const auto found = testing::FindApiKey(
      **store, server::HashApiKey(testing::kDatabase002Key));
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->project.id_project(), project_);
  EXPECT_FALSE(found->key.has_revoked_at());
  const auto keys = Await<Page<v1::ApiKey>>(
      [&](auto done) { (*store)->ListApiKeys(other_project_, {}, {}, done); });
  ASSERT_THAT(keys, IsOk());
  ASSERT_EQ(keys->records.size(), 2u);
  EXPECT_TRUE(keys->records[1].has_revoked_at());
}

TEST_F(DatabaseOfVersion2, StillAnswersRepeats) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  v1::CreateWebhookRequest request;
  request.set_url("https://acme.com/rotated");
  request.add_scope("connection.created");
  request.set_request_id("kept");
  const auto idempotency = server::IdempotencyOf(
      project_, "webhooks.v1.WebhookService/Create", request, made_);
  const auto repeated = Await<Created<v1::Webhook>>([&](auto done) {
    (*store)->CreateWebhook(testing::MakeWebhook(project_), idempotency, {},
                            done);
  });
  ASSERT_THAT(repeated, IsOk());
  EXPECT_TRUE(repeated->replayed);
  EXPECT_EQ(repeated->answer.id_webhook_endpoint(), rotated_);
}

TEST_F(DatabaseOfVersion2, WorksOn) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  v1::Webhook webhook = testing::MakeWebhook(other_project_);
  (*webhook.mutable_delivery()->mutable_headers())["Authorization"] = "token";
  ASSERT_THAT(testing::CreateWebhook(**store, webhook), IsOk());
  const auto read = testing::GetWebhook(**store, other_project_,
                                        webhook.id_webhook_endpoint());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->delivery().headers().at("Authorization"), "token");
}

TEST_F(DatabaseOfVersion2, HasItsWebhooksListening) {
  const auto store = Open();
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ(Matched(**store, project_, "connection.created"), 3);
  EXPECT_EQ(Matched(**store, project_, "crm.contact.updated"), 2);
  EXPECT_EQ(Matched(**store, project_, "a.b"), 1);
  EXPECT_EQ(Matched(**store, other_project_, "a.b"), 1);
}

class DatabaseOfVersion6 : public OldDatabase {
 protected:
  DatabaseOfVersion6() : OldDatabase(testing::kDatabase006) {}

  void SetUp() override {
    auto store = Open();
    ASSERT_THAT(store, IsOk());
    store_ = *std::move(store);
  }

  static std::string Event(int number) {
    return absl::StrCat("01010101-0101-0101-0101-01010101010", number);
  }

  // Returns the events that are leased at `now`.
  std::vector<std::string> Lease(absl::Time now) {
    const auto leases = Await<std::vector<EndpointLease>>([&](auto done) {
      store_->LeaseDue({{{project_, webhook_}, 100}}, now, absl::Minutes(1), {},
                       done);
    });
    EXPECT_THAT(leases, IsOk());
    std::vector<std::string> events;
    for (const LeasedDelivery& delivery : leases->at(0).deliveries) {
      events.push_back(delivery.event.id_event());
    }
    return events;
  }

  void Maintain(absl::Time now) {
    bool more = true;
    while (more) {
      more = *Await<bool>(
          [&](auto done) { store_->Maintain(now, absl::Hours(24), {}, done); });
    }
  }

  v1::Delivery::State StateOf(int event) {
    const auto page = Await<Page<v1::Delivery>>([&](auto done) {
      store_->ListDeliveries(project_, {.event = Event(event)}, {}, {}, done);
    });
    EXPECT_THAT(page, IsOk());
    return page->records.empty() ? v1::Delivery::STATE_UNSPECIFIED
                                 : page->records[0].state();
  }

  const std::string project_ = "01a21053-75a6-797e-a810-18bcadc3fc26";
  const std::string webhook_ = "01a21053-7c0b-74b9-b15a-9b28305592c8";
  // When the first event was published.
  const absl::Time start_ = absl::FromUnixSeconds(1795570300);
  std::unique_ptr<Store> store_;
};

TEST_F(DatabaseOfVersion6, HasItsDeliveriesDueAtTheirTimes) {
  // The clock was set back.
  EXPECT_THAT(Lease(start_),
              ::testing::UnorderedElementsAre(Event(2), Event(3)));
  EXPECT_THAT(Lease(start_ + absl::Minutes(30)), ElementsAre(Event(5)));
  EXPECT_THAT(Lease(start_ + absl::Hours(1)), ElementsAre(Event(4)));
}

TEST_F(DatabaseOfVersion6, KeepsTheOrderOfItsEvents) {
  v1::UpdateWebhookRequest change;
  change.set_id(webhook_);
  change.mutable_delivery()->set_ordered(true);
  change.mutable_update_mask()->add_paths("delivery");
  ASSERT_THAT(Await<v1::Webhook>([&](auto done) {
                store_->UpdateWebhook(project_, change, start_, {}, done);
              }),
              IsOk());
  EXPECT_THAT(Lease(start_ + absl::Seconds(10)), ElementsAre(Event(2)));
}

TEST_F(DatabaseOfVersion6, HasItsEventsWithTheirDeliveries) {
  const auto event = Await<v1::Event>(
      [&](auto done) { store_->GetEvent(project_, Event(1), {}, done); });
  ASSERT_THAT(event, IsOk());
  EXPECT_EQ(event->matched_webhooks(), 1);
  ASSERT_EQ(event->deliveries_size(), 1);
  EXPECT_EQ(event->deliveries(0).state(), v1::Delivery::DELIVERED);
}

TEST_F(DatabaseOfVersion6, KeepsWaitingDeliveriesAndDeletesOldOnes) {
  Maintain(start_ + absl::Hours(24) + absl::Seconds(10));
  EXPECT_EQ(StateOf(1), v1::Delivery::STATE_UNSPECIFIED);
  EXPECT_EQ(StateOf(2), v1::Delivery::FAILED);
  EXPECT_EQ(StateOf(4), v1::Delivery::PENDING);
  EXPECT_EQ(StateOf(5), v1::Delivery::PENDING);
}

TEST_F(DatabaseOfVersion6, HasARetentionClockAtItsLastEvent) {
  const absl::Time later = start_ + absl::Hours(1000);
  EXPECT_EQ(*Await<absl::Time>([&](auto done) {
    store_->AdvanceRetention(later, absl::ZeroDuration(), {}, done);
  }),
            start_ + absl::Seconds(7));
}

}  // namespace
}  // namespace webhooks::sqlite
