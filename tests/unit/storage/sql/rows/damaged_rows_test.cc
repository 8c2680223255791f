#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "storage/open.h"
#include "storage/sqlite/engine/connection.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

// Tests of single rows that cannot be read.
namespace webhooks::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;
using testing::StatusIs;

class Observer final : public StoreObserver {
 public:
  void WebhookDeactivated(const Endpoint&,
                          v1::Deactivation::Reason reason) override {
    deactivations.push_back(reason);
  }
  void Faulted(absl::string_view, absl::string_view) override { ++faults; }

  std::vector<v1::Deactivation::Reason> deactivations;
  std::atomic<int> faults = 0;
};

class DamagedRows : public ::testing::Test {
 protected:
  void SetUp() override {
    Open({testing::TestKey()});
    const testing::ProjectAndKey made = testing::MakeProject();
    ASSERT_THAT(
        testing::CreateProject(*store_, made.project, made.key, made.hash),
        IsOk());
    project_ = made.project.id_project();
    first_ = Create();
    second_ = Create();
  }

  void Open(const SecretKeys& keys) {
    store_.reset();
    auto store = OpenStore(absl::StrCat("sqlite:", folder_.Path("webhooks.db")),
                           testing::Always(keys), observer_);
    ASSERT_THAT(store, IsOk());
    store_ = *std::move(store);
  }

  v1::Webhook Create() {
    v1::Webhook webhook = testing::MakeWebhook(project_);
    webhook.clear_scope();
    (*webhook.mutable_delivery()->mutable_headers())["a"] = "b";
    return *testing::CreateWebhook(*store_, webhook);
  }

  std::string Publish() {
    v1::Event event;
    event.set_id_project(project_);
    event.set_id_event(testing::NewId());
    event.set_type("thing.happened");
    event.set_data("{\"a\":1}");
    *event.mutable_created_at() = ToTimestamp(now_);
    EXPECT_THAT(Await<Created<v1::PublishEventResponse>>([&](auto done) {
                  store_->PublishEvent(event, std::nullopt, {}, done);
                }),
                IsOk());
    return event.id_event();
  }

  // Closes the store, changes the database, and opens it again.
  void Damage(const std::string& sql) {
    store_.reset();
    Execute(sql);
    Open({testing::TestKey()});
  }

  // Changes the database, as another server does.
  void Execute(const std::string& sql) {
    auto connection = sqlite::Connection::Open(
        folder_.Path("webhooks.db"), sqlite::Connection::Mode::kWrite);
    ASSERT_THAT(connection, IsOk());
    ASSERT_THAT((*connection)->Execute("change", sql), IsOk());
  }

  static std::string Hex(const std::string& id) {
    std::string digits;
    for (const char c : id) {
      if (c != '-') digits += c;
    }
    return absl::StrCat("x'", digits, "'");
  }

  std::vector<EndpointLease> Lease() {
    auto leases = Await<std::vector<EndpointLease>>([&](auto done) {
      store_->LeaseDue({{{project_, first_.id_webhook_endpoint()}, 10},
                        {{project_, second_.id_webhook_endpoint()}, 10}},
                       now_, absl::Minutes(1), {}, done);
    });
    EXPECT_THAT(leases, IsOk());
    return *std::move(leases);
  }

  absl::StatusOr<v1::Webhook> Get(const v1::Webhook& webhook) {
    return testing::GetWebhook(*store_, project_,
                               webhook.id_webhook_endpoint());
  }

  const absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  testing::TempFolder folder_;
  Observer observer_;
  std::unique_ptr<Store> store_;
  std::string project_;
  v1::Webhook first_;
  v1::Webhook second_;
};

TEST_F(DamagedRows, AWebhookDoesNotBlockOthers) {
  Publish();
  Damage(absl::StrCat("UPDATE webhooks SET secrets = x'00' WHERE id = ",
                      Hex(first_.id_webhook_endpoint())));
  const std::vector<EndpointLease> leases = Lease();
  EXPECT_THAT(leases[0].status,
              StatusIs(absl::StatusCode::kDataLoss, "RECORD_DAMAGED"));
  EXPECT_FALSE(leases[0].webhook.has_value());
  EXPECT_THAT(leases[0].deliveries, IsEmpty());
  EXPECT_THAT(leases[1].status, IsOk());
  EXPECT_THAT(leases[1].deliveries, SizeIs(1));
}

TEST_F(DamagedRows, AWebhookIsDeactivatedAndReportedOnce) {
  Damage(absl::StrCat("UPDATE webhooks SET secrets = x'00' WHERE id = ",
                      Hex(first_.id_webhook_endpoint())));
  Lease();
  EXPECT_EQ(observer_.faults, 1);
  EXPECT_THAT(observer_.deactivations, ElementsAre(v1::Deactivation::DAMAGED));
  EXPECT_THAT(Lease()[0].status, IsOk());
  EXPECT_THAT(observer_.deactivations, SizeIs(1));
  EXPECT_THAT(Get(first_), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(DamagedRows, AWebhookDoesNotHideOthersInLists) {
  Damage(absl::StrCat("UPDATE webhooks SET secrets = x'00' WHERE id = ",
                      Hex(first_.id_webhook_endpoint())));
  const auto page = Await<Page<v1::Webhook>>(
      [&](auto done) { store_->ListWebhooks(project_, {}, {}, {}, done); });
  ASSERT_THAT(page, IsOk());
  ASSERT_THAT(page->records, SizeIs(1));
  EXPECT_EQ(page->records[0].id_webhook_endpoint(),
            second_.id_webhook_endpoint());
  EXPECT_EQ(observer_.faults, 1);
}

TEST_F(DamagedRows, SettingsAreBoundToTheirWebhook) {
  Damage(
      absl::StrCat("UPDATE webhooks SET settings = (SELECT settings FROM"
                   " webhooks WHERE id = ",
                   Hex(second_.id_webhook_endpoint()),
                   ") WHERE id = ", Hex(first_.id_webhook_endpoint())));
  EXPECT_THAT(Get(first_), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Get(second_), IsOk());
}

TEST_F(DamagedRows, AKeyIsNeededWhileATextUnderItCannotBeOpened) {
  Damage(
      absl::StrCat("UPDATE webhooks SET secrets = substr(secrets, 1, 30)"
                   " WHERE id = ",
                   Hex(first_.id_webhook_endpoint())));
  Open({testing::TestKey(2), testing::TestKey()});
  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT(Await<bool>([&](auto done) {
                  store_->Maintain(now_, absl::Hours(24), {}, done);
                }),
                IsOk());
  }
  EXPECT_THAT(Get(second_), IsOk());
  EXPECT_THAT(*Await<std::vector<SecretKey::Id>>(
                  [&](auto done) { store_->ListUnusedKeys({}, done); }),
              IsEmpty());
}

TEST_F(DamagedRows, ATextUnderAKeyOfAnotherServerIsNotDamaged) {
  Execute("INSERT INTO secret_keys VALUES (x'0102030405060708')");
  Execute(absl::StrCat("UPDATE webhooks SET secrets = x'010102030405060708",
                       std::string(120, '0'),
                       "' WHERE id = ", Hex(first_.id_webhook_endpoint())));
  const EndpointLease lease = Lease()[0];
  EXPECT_THAT(lease.status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_GT(lease.next_due, now_);
  EXPECT_THAT(observer_.deactivations, IsEmpty());
  EXPECT_THAT(Get(first_), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(DamagedRows, DeliveriesOfAWebhookThatIsGoneAreCancelled) {
  Publish();
  Execute(absl::StrCat("DELETE FROM webhooks WHERE id = ",
                       Hex(first_.id_webhook_endpoint())));
  const auto waiting = [&] {
    return Await<std::vector<EndpointDue>>(
               [&](auto done) { store_->ListEndpoints("", 10, {}, done); })
        ->size();
  };
  ASSERT_EQ(waiting(), 2u);
  Lease();
  for (bool more = true; more;) {
    more = *Await<bool>(
        [&](auto done) { store_->Maintain(now_, absl::Hours(24), {}, done); });
  }
  EXPECT_EQ(waiting(), 1u);
}

class DamagedEvents : public DamagedRows,
                      public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    DamagedRows::SetUp();
    damaged_ = Publish();
    whole_ = Publish();
    Damage(absl::StrCat("UPDATE events SET ", GetParam(),
                        " WHERE id = ", Hex(damaged_)));
  }

  std::string damaged_;
  std::string whole_;
};

TEST_P(DamagedEvents, AreNotDelivered) {
  for (const EndpointLease& lease : Lease()) {
    ASSERT_THAT(lease.deliveries, SizeIs(1));
    EXPECT_EQ(lease.deliveries[0].event.id_event(), whole_);
  }
  EXPECT_EQ(observer_.faults, 2);
  const auto failed = Await<Page<v1::Delivery>>([&](auto done) {
    store_->ListDeliveries(project_, {.state = v1::Delivery::FAILED}, {}, {},
                           done);
  });
  ASSERT_THAT(failed, IsOk());
  ASSERT_THAT(failed->records, SizeIs(2));
  EXPECT_EQ(failed->records[0].failure_reason(), v1::Delivery::EVENT_DAMAGED);
}

TEST_P(DamagedEvents, DoNotHideOthersInLists) {
  const auto page = Await<Page<v1::Event>>(
      [&](auto done) { store_->ListEvents(project_, {}, {}, {}, done); });
  ASSERT_THAT(page, IsOk());
  ASSERT_THAT(page->records, SizeIs(1));
  EXPECT_EQ(page->records[0].id_event(), whole_);
  EXPECT_EQ(observer_.faults, 1);
}

TEST_P(DamagedEvents, DifferFromMissingOnes) {
  EXPECT_THAT(Await<v1::Event>([&](auto done) {
                store_->GetEvent(project_, damaged_, {}, done);
              }),
              StatusIs(absl::StatusCode::kDataLoss, "RECORD_DAMAGED"));
}

INSTANTIATE_TEST_SUITE_P(OfEachColumn, DamagedEvents,
                         ::testing::Values("data = '{\"a\":'",
                                           "data = cast(x'22ff22' AS TEXT)",
                                           "type = cast(x'ff' AS TEXT)"));

}  // namespace
}  // namespace webhooks::sql
