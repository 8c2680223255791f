#ifndef WEBHOOKS_STORAGE_POSTGRES_BACKEND_H_
#define WEBHOOKS_STORAGE_POSTGRES_BACKEND_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/open.h"

// The functions of storage/open.h for the URLs of ParseTarget
// (storage/postgres/engine/target.h).
namespace webhooks::postgres {

inline constexpr absl::string_view kScheme = "postgres";

absl::StatusOr<std::unique_ptr<Store>> OpenStore(absl::string_view url,
                                                 const SecretKeySource& keys,
                                                 StoreObserver& observer,
                                                 SteadyClock steady_clock,
                                                 v1::Server self);

StorePresence FindStore(absl::string_view url);

std::string StoreName(absl::string_view url);

std::string StoreFolder(absl::string_view url);

absl::StatusOr<Backup> BackUpStore(absl::string_view url,
                                   const std::string& path,
                                   const BackupPause& pause);

absl::StatusOr<Backup> RestoreStore(const std::string& path,
                                    absl::string_view url,
                                    const BackupPause& pause);

absl::StatusOr<Inspection> InspectStore(absl::string_view url);

absl::StatusOr<Transfer> ExportStore(absl::string_view url,
                                     absl::string_view project, absl::Time now,
                                     const ByteSink& sink);

absl::StatusOr<Transfer> ImportStore(absl::string_view url,
                                     const ByteSource& source,
                                     const SecretKeySource& keys);

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_BACKEND_H_
