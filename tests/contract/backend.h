#ifndef WEBHOOKS_TESTS_CONTRACT_BACKEND_H_
#define WEBHOOKS_TESTS_CONTRACT_BACKEND_H_

#include <atomic>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "storage/steady_clock.h"
#include "storage/store.h"
#include "storage/store_observer.h"
#include "tests/support/secret_keys.h"

namespace webhooks::testing {

// An empty database, which the destructor deletes.
class TestDatabase {
 public:
  virtual ~TestDatabase() = default;
  // Returns the URL for storage/open.h.
  virtual std::string Url() const = 0;
  // Opens a store on the database with `keys`. A store that was opened before
  // must be closed. `steady_clock` times the leases. `self` describes the
  // server.
  virtual absl::StatusOr<std::unique_ptr<Store>> Open(
      const SecretKeys& keys, SteadyClock steady_clock, StoreObserver& observer,
      const v1::Server& self) = 0;
};

// A backend that the suite runs on.
struct Backend {
  std::string name;
  std::unique_ptr<TestDatabase> (*make)();
};

// Prints the name of the backend in lists of tests.
inline void PrintTo(const Backend& backend, std::ostream* out) {
  *out << backend.name;
}

// Returns every backend of this build.
std::vector<Backend> AllBackends();

// The fixture of a test of storage/store.h, which runs on every backend.
class StoreContract : public ::testing::TestWithParam<Backend> {
 protected:
  // The time of the calls.
  static inline const absl::Time kNow = absl::FromUnixSeconds(1'800'000'005);
  static constexpr absl::Duration kRetention = absl::Hours(24 * 30);

  // Keeps the events that it receives. Read it when no call is in progress.
  class Observer final : public StoreObserver {
   public:
    void WebhookDeactivated(const Endpoint&,
                            v1::Deactivation::Reason reason) override {
      deactivations.push_back(reason);
    }
    void EventPublished(const PublishedEvent& event) override {
      published.push_back(event);
    }
    void DeliveryChanged(const DeliveryChange& change) override {
      changes.push_back(change);
    }

    void WaitEnded(Kind, absl::Duration) override { ++waits; }
    void CallEnded(Kind, absl::Duration) override { ++calls; }

    // Returns the ids of the deliveries with changes of this kind.
    std::vector<std::string> Changed(DeliveryChange::Kind kind) const {
      std::vector<std::string> ids;
      for (const DeliveryChange& change : changes) {
        if (change.kind == kind) ids.push_back(change.delivery);
      }
      return ids;
    }

    std::vector<v1::Deactivation::Reason> deactivations;
    std::vector<PublishedEvent> published;
    std::vector<DeliveryChange> changes;
    std::atomic<int> waits = 0;
    std::atomic<int> calls = 0;
  };

  StoreContract() : database_(GetParam().make()) { Reopen(); }

  // Opens the database; no store may have it open.
  absl::StatusOr<std::unique_ptr<Store>> TryOpen(const SecretKeys& keys);

  // Closes the store and opens it again, as a new process would.
  void Reopen(const SecretKeys& keys = {TestKey()});

  // Creates a project. Returns its id.
  std::string NewProject();

  // Creates a webhook, of a new project or of `project`.
  v1::Webhook NewWebhook();
  v1::Webhook NewWebhook(const std::string& project);

  // The steady clock of the store.
  std::atomic<absl::Duration> elapsed_ = absl::ZeroDuration();
  Observer observer_;
  // The server whose store it is.
  v1::Server self_ = UnnamedServer();
  std::unique_ptr<TestDatabase> database_;
  std::unique_ptr<Store> store_;
};

inline std::string BackendName(const ::testing::TestParamInfo<Backend>& info) {
  return info.param.name;
}

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_CONTRACT_BACKEND_H_
