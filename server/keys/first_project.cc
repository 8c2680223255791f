#include "server/keys/first_project.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "proto/time.h"
#include "server/call/api_key.h"
#include "server/keys/key_files.h"
#include "server/runtime/log.h"
#include "storage/await.h"
#include "storage/open.h"
#include "storage/uuid.h"

namespace webhooks::server {
namespace {

constexpr absl::string_view kName = "default";

std::string NewId(Entropy& entropy, absl::Time now) {
  return FormatUuid(MakeUuidV7(now, entropy.Bytes<10>()));
}

// Removes the file of a key that no project has, since another server has made
// the first project meanwhile.
absl::Status DiscardKeyOfAnother(ProjectStore& store,
                                 const std::string& key_file,
                                 const std::string& key) {
  const auto known = Await<KeyOwner>([&](auto done) {
    store.FindApiKey(HashApiKey(key), {}, std::move(done));
  });
  if (!absl::IsNotFound(known.status())) return known.status();
  std::error_code error;
  std::filesystem::remove(key_file, error);
  Log(LogLevel::kInfo, "another server made the first project",
      {{"api_key_file", key_file}});
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckDatabaseNotLost(const std::string& database,
                                  const std::string& secret_key_file,
                                  const std::string& key_file) {
  const std::filesystem::path beside =
      std::filesystem::path(StoreFolder(database)) / "secret-key";
  std::error_code error;
  if (secret_key_file != beside ||
      !std::filesystem::exists(secret_key_file, error)) {
    return absl::OkStatus();
  }
  const StorePresence found = FindStore(database);
  const bool is_lost = found == StorePresence::kAbsent ||
                       (found == StorePresence::kEmpty &&
                        std::filesystem::exists(key_file, error));
  if (!is_lost) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "database ", StoreName(database), ": there is none, or it is empty, but ",
      secret_key_file,
      " belongs to one: put the database back, or move the file away to begin "
      "anew"));
}

absl::StatusOr<absl::Time> FindLatestId(Upkeep& store) {
  return Await<absl::Time>(
      [&](auto done) { store.FindLatestId({}, std::move(done)); });
}

absl::Status MakeFirstProject(ProjectStore& store, const std::string& key_file,
                              Entropy& entropy, absl::Time now) {
  const auto any = Await<bool>(
      [&](auto done) { store.HadFirstProject({}, std::move(done)); });
  if (!any.ok() || *any) return any.status();
  const absl::StatusOr<std::string> key = TakeOrMakeApiKey(key_file, entropy);
  if (!key.ok()) return key.status();

  v1::Project project;
  project.set_id_project(NewId(entropy, now));
  project.set_name(std::string(kName));
  *project.mutable_created_at() = ToTimestamp(now);
  v1::ApiKey record;
  record.set_id_api_key(NewId(entropy, now));
  record.set_id_project(project.id_project());
  record.set_name(std::string(kName));
  record.set_prefix(ApiKeyPrefix(*key));
  *record.mutable_created_at() = project.created_at();
  absl::Status created = AwaitStatus([&](auto done) {
    store.CreateFirstProject(project, record, HashApiKey(*key), {},
                             std::move(done));
  });
  if (absl::IsAlreadyExists(created)) {
    return DiscardKeyOfAnother(store, key_file, *key);
  }
  if (created.ok()) {
    Log(LogLevel::kInfo, "made the first project",
        {{"project_id", project.id_project()}, {"api_key_file", key_file}});
  }
  return created;
}

}  // namespace webhooks::server
