#ifndef WEBHOOKS_TESTS_CONTRACT_TRANSFER_CONTRACT_H_
#define WEBHOOKS_TESTS_CONTRACT_TRANSFER_CONTRACT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "storage/sql/transfer/stream.pb.h"
#include "storage/transfer.h"
#include "tests/contract/retry_job_contract.h"
#include "tests/support/records.h"

namespace webhooks::testing {

// The fixture of a test of exports and imports. The store of the fixture is the
// one to export; a test imports it into databases of every backend.
class TransferContract : public RetryJobContract {
 protected:
  // Makes records of every kind, most of them in project_.
  void Fill();

  // Exports the store's database, or one of its projects.
  absl::StatusOr<std::string> TryExport(const std::string& project = "",
                                        const ByteSink& sink = nullptr);
  std::string Export(const std::string& project = "");

  // Imports a stream into a database, which no store has open.
  absl::StatusOr<Transfer> Import(const TestDatabase& database,
                                  const std::string& stream,
                                  const SecretKeys& keys = {TestKey()});

  // Closes the store, and opens one on `database` in its place.
  void MoveTo(std::unique_ptr<TestDatabase> database,
              const SecretKeys& keys = {TestKey()});

  // Runs `test` with an empty database of each backend.
  void ForEachBackend(
      absl::FunctionRef<void(std::unique_ptr<TestDatabase>)> test);

  // Returns the rows of a stream, as text, with the seqs of events counted from
  // the lowest one in the rows.
  static std::vector<std::string> RowsOf(const std::string& stream);

  // Creates a webhook as an idempotent call.
  absl::StatusOr<Created<v1::Webhook>> CreateOnce(const v1::Webhook& webhook);

  absl::Status Bind(const std::string& certificate, const std::string& project);

  // Records that Fill makes.
  ProjectAndKey with_key_ = MakeProject();
  v1::Webhook once_ = MakeWebhook(project_);
  v1::Webhook listener_;
  // Deliveries wait for it that are leased in a certain order.
  v1::Webhook waiting_;
  v1::WebhookSecrets secrets_;
  std::string publication_;
  std::string job_;

 private:
  void FillProjects();
  void FillWebhooks();
  void FillDeliveries();

  v1::Webhook removed_;
};

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_CONTRACT_TRANSFER_CONTRACT_H_
