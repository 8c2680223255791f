#include "storage/open.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/backend.h"
#include "storage/postgres/backend.h"
#include "storage/sqlite/backend.h"

namespace webhooks {
namespace {

// Returns null if the URL has none of the schemes.
const Backend* FindBackend(absl::string_view url) {
  for (const Backend* backend :
       {&postgres::GetBackend(), &sqlite::GetBackend()}) {
    if (absl::StartsWith(url, backend->scheme)) return backend;
  }
  return nullptr;
}

// Returns what the URL has before its first colon: the rest may have a
// password.
std::string SchemeOf(absl::string_view url) {
  return std::string(url.substr(0, url.find(':')));
}

absl::Status UnknownScheme(absl::string_view url) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", SchemeOf(url),
                   "' is neither sqlite:PATH nor postgres://HOST/DATABASE"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenStore(absl::string_view url,
                                                 const SecretKeySource& keys,
                                                 StoreObserver& observer,
                                                 SteadyClock steady_clock,
                                                 v1::Server self) {
  const Backend* const backend = FindBackend(url);
  if (backend == nullptr) return UnknownScheme(url);
  return backend->open(url, keys, observer, std::move(steady_clock),
                       std::move(self));
}

StorePresence FindStore(absl::string_view url) {
  const Backend* const backend = FindBackend(url);
  return backend == nullptr ? StorePresence::kAbsent : backend->find(url);
}

std::string StoreName(absl::string_view url) {
  const Backend* const backend = FindBackend(url);
  return backend == nullptr ? SchemeOf(url) : backend->name(url);
}

std::string StoreFolder(absl::string_view url) {
  const Backend* const backend = FindBackend(url);
  return backend == nullptr ? "" : backend->folder(url);
}

absl::StatusOr<Backup> BackUpStore(absl::string_view url,
                                   const std::string& path,
                                   const BackupPause& pause) {
  const Backend* const backend = FindBackend(url);
  if (backend == nullptr) return UnknownScheme(url);
  return backend->back_up(url, path, pause);
}

absl::StatusOr<Backup> RestoreStore(const std::string& path,
                                    absl::string_view url,
                                    const BackupPause& pause) {
  const Backend* const backend = FindBackend(url);
  if (backend == nullptr) return UnknownScheme(url);
  return backend->restore(path, url, pause);
}

absl::StatusOr<Inspection> InspectStore(absl::string_view url) {
  const Backend* const backend = FindBackend(url);
  if (backend == nullptr) return UnknownScheme(url);
  return backend->inspect(url);
}

absl::StatusOr<Transfer> ExportStore(absl::string_view url,
                                     absl::string_view project, absl::Time now,
                                     const ByteSink& sink) {
  const Backend* const backend = FindBackend(url);
  if (backend == nullptr) return UnknownScheme(url);
  return backend->export_to(url, project, now, sink);
}

absl::StatusOr<Transfer> ImportStore(absl::string_view url,
                                     const ByteSource& source,
                                     const SecretKeySource& keys) {
  const Backend* const backend = FindBackend(url);
  if (backend == nullptr) return UnknownScheme(url);
  return backend->import_from(url, source, keys);
}

}  // namespace webhooks
