#include "storage/postgres/backend.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/last_fault.h"
#include "storage/postgres/engine/connection.h"
#include "storage/postgres/engine/migrations.h"
#include "storage/postgres/engine/target.h"
#include "storage/postgres/inspect_database.h"
#include "storage/postgres/membership/database_state.h"
#include "storage/postgres/membership/membership.h"
#include "storage/postgres/transfer.h"
#include "storage/sql/sql_store.h"
#include "storage/sql/transfer/import.h"

namespace webhooks::postgres {
namespace {

constexpr absl::string_view kScheme = "postgres";

// The connections of one server: together few enough that a hundred servers
// need no more than a large PostgreSQL has.
constexpr int kWriters = 4;
constexpr int kReaders = 3;
constexpr int kKeyReaders = 1;

// The folder of key files for which no flag names another one.
constexpr absl::string_view kKeyFolder = "data";

absl::Status Named(const Target& target, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat("database ", target.name,
                                                  ": ", status.message()));
}

// Returns OK if the database keeps every commit on a second machine, or need
// not.
absl::Status CheckStandby(const Target& target, sql::Connection& connection,
                          StoreObserver& observer) {
  const auto standbys = CountAwaitedStandbys(connection);
  if (!standbys.ok() || *standbys > 0) return standbys.status();
  constexpr absl::string_view kMissing =
      "no synchronous standby is set: what is acknowledged is on one machine "
      "alone";
  if (target.requires_sync) return absl::FailedPreconditionError(kMissing);
  observer.Warned(kMissing);
  return absl::OkStatus();
}

absl::Status AddConnections(
    const Target& target, Connection::Mode mode, int count,
    StoreObserver& observer, const std::shared_ptr<const MemberId>& server,
    std::vector<std::unique_ptr<sql::Connection>>& connections) {
  for (int i = 0; i < count; ++i) {
    auto connection = Connection::Open(target, mode, observer, server);
    if (!connection.ok()) return connection.status();
    connections.push_back(*std::move(connection));
  }
  return absl::OkStatus();
}

absl::Status NoFile(absl::string_view tool) {
  return absl::InvalidArgumentError(absl::StrCat(
      "the database is one of PostgreSQL, not a file: use ", tool));
}

absl::StatusOr<std::unique_ptr<Store>> OpenStore(absl::string_view url,
                                                 const SecretKeySource& keys,
                                                 StoreObserver& observer,
                                                 SteadyClock steady_clock,
                                                 v1::Server self) {
  const auto target = ParseTarget(url);
  if (!target.ok()) return target.status();
  LastFault fault;
  auto first = Connection::Open(*target, Connection::Mode::kStatements, fault);
  if (!first.ok()) return first.status();
  std::unique_ptr<Sealer> sealer;
  absl::Status migrated =
      Migrate(**first, [&](bool must_exist) -> absl::StatusOr<const Sealer*> {
        if (sealer != nullptr) return sealer.get();
        auto found = keys(must_exist);
        if (!found.ok()) return found.status();
        sealer = std::make_unique<Sealer>(*std::move(found));
        return sealer.get();
      });
  if (!migrated.ok()) return Named(*target, fault.Explain(migrated));
  absl::Status standby = CheckStandby(*target, **first, observer);
  if (!standby.ok()) return Named(*target, fault.Explain(standby));
  const auto server = std::make_shared<MemberId>();
  auto control =
      Connection::Open(*target, Connection::Mode::kStatements, observer);
  if (!control.ok()) return control.status();
  auto member = Membership::Join(*std::move(control), self, target->beat,
                                 server, observer);
  if (!member.ok()) return Named(*target, member.status());
  sql::Connections connections;
  absl::Status opened =
      AddConnections(*target, Connection::Mode::kTransactions, kWriters,
                     observer, server, connections.writers);
  opened.Update(AddConnections(*target, Connection::Mode::kStatements, kReaders,
                               observer, nullptr, connections.readers));
  opened.Update(AddConnections(*target, Connection::Mode::kStatements,
                               kKeyReaders, observer, nullptr,
                               connections.key_readers));
  if (!opened.ok()) return Named(*target, opened);
  return std::make_unique<sql::SqlStore>(
      std::move(sealer), std::move(connections), observer,
      std::move(steady_clock), std::move(self), /*held=*/nullptr,
      *std::move(member));
}

StorePresence FindStore(absl::string_view url) {
  const auto target = ParseTarget(url);
  if (!target.ok()) return StorePresence::kAbsent;
  const auto connection =
      Connection::Open(*target, Connection::Mode::kStatements);
  // Its start fails, and says why.
  if (!connection.ok()) return StorePresence::kPresent;
  const auto version = ReadSchemaVersion(**connection);
  const bool is_empty = version.ok() && *version == 0;
  return is_empty ? StorePresence::kEmpty : StorePresence::kPresent;
}

std::string StoreName(absl::string_view url) {
  const auto target = ParseTarget(url);
  return target.ok() ? target->name : std::string(kScheme);
}

std::string StoreFolder(absl::string_view url) {
  return ParseTarget(url).ok() ? std::string(kKeyFolder) : "";
}

absl::StatusOr<Backup> BackUpStore(absl::string_view, const std::string&,
                                   const BackupPause&) {
  return NoFile("pg_basebackup or pg_dump");
}

absl::StatusOr<Backup> RestoreStore(const std::string&, absl::string_view,
                                    const BackupPause&) {
  return NoFile("the files of pg_basebackup, or pg_restore");
}

absl::StatusOr<Inspection> InspectStore(absl::string_view url) {
  const auto target = ParseTarget(url);
  if (!target.ok()) return target.status();
  LastFault fault;
  auto connection =
      Connection::Open(*target, Connection::Mode::kStatements, fault);
  if (!connection.ok()) return connection.status();
  auto found = InspectDatabase(**connection, *target);
  if (!found.ok()) return Named(*target, fault.Explain(found.status()));
  return found;
}

absl::StatusOr<Transfer> ExportStore(absl::string_view url,
                                     absl::string_view project, absl::Time now,
                                     const ByteSink& sink) {
  const auto target = ParseTarget(url);
  if (!target.ok()) return target.status();
  return Export(*target, project, now, sink);
}

absl::StatusOr<Transfer> ImportStore(absl::string_view url,
                                     const ByteSource& source,
                                     const SecretKeySource& keys) {
  const auto target = ParseTarget(url);
  if (!target.ok()) return target.status();
  const auto import = sql::Import::Begin(source, keys);
  if (!import.ok()) return import.status();
  return Import(*target, **import);
}

}  // namespace

const Backend& GetBackend() {
  static constexpr Backend kBackend = {
      kScheme,      &OpenStore,    &FindStore,    &StoreName,   &StoreFolder,
      &BackUpStore, &RestoreStore, &InspectStore, &ExportStore, &ImportStore};
  return kBackend;
}

}  // namespace webhooks::postgres
