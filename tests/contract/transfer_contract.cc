#include "tests/contract/transfer_contract.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "proto/time.h"
#include "storage/open.h"
#include "storage/sql/transfer/stream_reader.h"
#include "storage/sql/transfer/tables.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::testing {
namespace {

ByteSource SourceOf(const std::string& stream) {
  return [rest = absl::string_view(stream)](
             absl::Span<char> buffer) mutable -> absl::StatusOr<std::size_t> {
    const std::size_t size = std::min(buffer.size(), rest.size());
    std::copy_n(rest.begin(), size, buffer.begin());
    rest.remove_prefix(size);
    return size;
  };
}

Digest DigestOf(std::uint8_t name) {
  Digest digest;
  digest.fill(name);
  return digest;
}

// Returns the value without the difference between the seqs of two databases.
std::int64_t Normalized(sql::ColumnRole role, std::int64_t value,
                        std::int64_t first_seq) {
  if (role == sql::ColumnRole::kEventSeq) return value - first_seq;
  return role == sql::ColumnRole::kPlace ? value - 2 * first_seq : value;
}

}  // namespace

void TransferContract::Fill() {
  FillProjects();
  FillWebhooks();
  FillDeliveries();
  Delete(removed_);
  const std::string project = NewProject();
  NewWebhook(project);
  ASSERT_THAT(Await<v1::Project>([&](auto done) {
                store_->DeleteProject(project, now_, {}, done);
              }),
              IsOk());
}

void TransferContract::FillProjects() {
  const ProjectAndKey first = MakeProject();
  ASSERT_THAT(CreateFirstProject(*store_, first.project, first.key, first.hash),
              IsOk());
  with_key_.project.set_max_webhooks(70);
  with_key_.project.set_max_requests_per_second(9);
  *with_key_.key.mutable_expires_at() =
      ToTimestamp(now_ + absl::Hours(24 * 365));
  ASSERT_THAT(
      CreateProject(*store_, with_key_.project, with_key_.key, with_key_.hash),
      IsOk());
  ASSERT_THAT(AwaitStatus([&](auto done) {
                store_->NoteKeyUse(with_key_.key.id_api_key(), now_, {}, done);
              }),
              IsOk());
  ASSERT_THAT(Bind("client.example", project_), IsOk());
  ASSERT_THAT(Await<absl::Time>([&](auto done) {
                store_->AdvanceRetention(now_, absl::Hours(1), {}, done);
              }),
              IsOk());
}

void TransferContract::FillWebhooks() {
  v1::DeliverySettings settings;
  settings.set_ordered(false);
  (*settings.mutable_headers())["x-token"] = "confidential";
  listener_ = NewListener(&settings);
  ASSERT_THAT(CreateOnce(once_), IsOk());
  const SecretRotation rotation{listener_.id_webhook_endpoint(), "",
                                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx",
                                absl::Hours(1), now_};
  ASSERT_THAT(Await<Created<v1::Webhook>>([&](auto done) {
                store_->RotateSecret(project_, rotation, std::nullopt, {},
                                     done);
              }),
              IsOk());
  secrets_ = *Await<v1::WebhookSecrets>([&](auto done) {
    store_->GetSecrets(project_, listener_.id_webhook_endpoint(), now_, {},
                       done);
  });
}

void TransferContract::FillDeliveries() {
  Fail(listener_, 250);
  v1::RetryJob job;
  job.set_selection(v1::RetryJob::ALL);
  job_ =
      TryCreate(listener_, now_ - absl::Hours(1), job)->answer.id_retry_job();
  Step();
  ASSERT_EQ(Job(job_).state(), v1::RetryJob::RUNNING);
  const v1::Webhook gone = NewListener();
  removed_ = NewListener();
  waiting_ = NewListener();
  v1::Event delayed = MakeEvent();
  *delayed.mutable_deliver_at() = ToTimestamp(now_ + absl::Hours(1));
  delayed.clear_data();
  ASSERT_THAT(Publish(delayed), IsOk());
  publication_ = PublishOne();
  for (int i = 0; i < 5; ++i) PublishOne();
  const auto leased = Lease(gone);
  ASSERT_EQ(leased.deliveries.size(), 6u);
  AttemptResult result = ResultOf(gone, leased.deliveries[0], Outcome::kRetry);
  result.gone = true;
  ASSERT_THAT(Record(result), IsOk());
}

absl::StatusOr<Created<v1::Webhook>> TransferContract::CreateOnce(
    const v1::Webhook& webhook) {
  const Idempotency idempotency{DigestOf(1), DigestOf(2), project_, now_};
  return Await<Created<v1::Webhook>>([&](auto done) {
    store_->CreateWebhook(webhook, idempotency, {}, done);
  });
}

absl::Status TransferContract::Bind(const std::string& certificate,
                                    const std::string& project) {
  v1::CertificateBinding binding;
  binding.set_name(certificate);
  binding.set_id_project(project);
  *binding.mutable_created_at() = ToTimestamp(now_);
  return Await<v1::CertificateBinding>(
             [&](auto done) { store_->BindCertificate(binding, {}, done); })
      .status();
}

absl::StatusOr<std::string> TransferContract::TryExport(
    const std::string& project, const ByteSink& sink) {
  std::string stream;
  const auto exported = ExportStore(
      database_->Url(), project, kNow, [&](absl::string_view bytes) {
        stream.append(bytes.data(), bytes.size());
        return sink == nullptr ? absl::OkStatus() : sink(bytes);
      });
  if (!exported.ok()) return exported.status();
  EXPECT_EQ(exported->bytes, static_cast<std::int64_t>(stream.size()));
  return stream;
}

std::string TransferContract::Export(const std::string& project) {
  const auto stream = TryExport(project);
  EXPECT_THAT(stream, IsOk());
  return stream.value_or("");
}

absl::StatusOr<Transfer> TransferContract::Import(const TestDatabase& database,
                                                  const std::string& stream,
                                                  const SecretKeys& keys) {
  return ImportStore(database.Url(), SourceOf(stream), Always(keys));
}

void TransferContract::MoveTo(std::unique_ptr<TestDatabase> database,
                              const SecretKeys& keys) {
  store_.reset();
  database_ = std::move(database);
  Reopen(keys);
}

void TransferContract::ForEachBackend(
    absl::FunctionRef<void(std::unique_ptr<TestDatabase>)> test) {
  for (const Backend& backend : AllBackends()) {
    SCOPED_TRACE("imported into " + backend.name);
    test(backend.make());
  }
}

std::vector<std::string> TransferContract::RowsOf(const std::string& stream) {
  std::vector<std::string> rows;
  sql::StreamReader reader(SourceOf(stream));
  EXPECT_THAT(reader.ReadHeader(), IsOk());
  std::optional<std::int64_t> first_seq;
  storage::StreamRecord record;
  for (auto more = reader.Next(record); !more.ok() || *more;
       more = reader.Next(record)) {
    EXPECT_THAT(more, IsOk());
    if (!more.ok()) return rows;
    storage::StreamRow& row = *record.mutable_row();
    const sql::TransferTable& table = sql::TransferTables()[row.table()];
    for (int i = 0; i < row.values_size(); ++i) {
      const sql::ColumnRole role =
          table.columns[static_cast<std::size_t>(i)].role;
      storage::StreamValue& value = *row.mutable_values(i);
      if (table.name == "events" && role == sql::ColumnRole::kEventSeq &&
          !first_seq) {
        first_seq = value.integer();
      }
      if (value.has_integer()) {
        value.set_integer(
            Normalized(role, value.integer(), first_seq.value_or(0)));
      } else if (role == sql::ColumnRole::kJobPosition) {
        value.clear_data();
      }
    }
    rows.push_back(std::string(table.name) + " " + row.ShortDebugString());
  }
  return rows;
}

}  // namespace webhooks::testing
