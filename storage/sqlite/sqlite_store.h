#ifndef WEBHOOKS_STORAGE_SQLITE_SQLITE_STORE_H_
#define WEBHOOKS_STORAGE_SQLITE_SQLITE_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "storage/open.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/group_writer.h"
#include "storage/sqlite/reader_pool.h"
#include "storage/store.h"

namespace webhooks::sqlite {

// The store in one SQLite file: one connection writes and checkpoints, the
// others only read.
class SqliteStore final : public Store {
 public:
  // Opens or makes the file `path`; see OpenStore for errors.
  static absl::StatusOr<std::unique_ptr<Store>> Open(
      const std::string& path, std::optional<std::int64_t> max_bytes,
      const FaultObserver& observer);

  void Probe(const CallOptions& options, DoneStatus done) override;
  void HasProject(const CallOptions& options, Done<bool> done) override;
  void CreateProject(const v1::Project& project, const v1::ApiKey& key,
                     const ApiKeyHash& hash, const CallOptions& options,
                     DoneStatus done) override;
  void FindApiKey(const ApiKeyHash& hash, const CallOptions& options,
                  Done<v1::ApiKey> done) override;
  void CreateWebhook(const v1::Webhook& webhook, const CallOptions& options,
                     DoneStatus done) override;
  void GetWebhook(absl::string_view project, absl::string_view id,
                  const CallOptions& options, Done<v1::Webhook> done) override;

 private:
  SqliteStore(FileLock lock, std::unique_ptr<Connection> writer,
              std::vector<std::unique_ptr<Connection>> readers);

  // In the order of opening; the readers close before the writer, which makes
  // the last checkpoint.
  FileLock lock_;
  GroupWriter writer_;
  ReaderPool readers_;
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_SQLITE_STORE_H_
