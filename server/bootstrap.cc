#include "server/bootstrap.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "server/call/api_key.h"
#include "server/runtime/log.h"
#include "storage/uuid.h"

namespace webhooks::server {
namespace {

constexpr absl::string_view kName = "default";

// Writes `line` to a new file that survives the machine.
absl::Status WritePrivateFile(const std::string& path, std::string line) {
  line.push_back('\n');
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", path));
  }
  const bool written = write(file, line.data(), line.size()) ==
                           static_cast<ssize_t>(line.size()) &&
                       fsync(file) == 0;
  const int error = errno;
  close(file);
  if (written) return absl::OkStatus();
  unlink(path.c_str());
  return absl::ErrnoToStatus(error, absl::StrCat("cannot write ", path));
}

// The key in `path`, or a new one that is now there.
absl::StatusOr<std::string> TakeOrMakeKey(const std::string& path,
                                          Entropy& entropy) {
  if (access(path.c_str(), F_OK) != 0) {
    std::string key = MakeApiKey(entropy);
    absl::Status written = WritePrivateFile(path, key);
    if (!written.ok()) return written;
    return key;
  }
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) {
    return absl::PermissionDeniedError(absl::StrCat("cannot read ", path));
  }
  std::string key(absl::StripAsciiWhitespace(line));
  if (!IsApiKey(key)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " holds something that is not an API key"));
  }
  return key;
}

google::protobuf::Timestamp ToMillis(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const std::int64_t millis = absl::ToUnixMillis(time);
  timestamp.set_seconds(millis / 1000);
  timestamp.set_nanos(static_cast<int>(millis % 1000) * 1'000'000);
  return timestamp;
}

std::string NewId(Entropy& entropy, absl::Time now) {
  return FormatUuid(MakeUuidV7(now, entropy.Bytes<10>()));
}

// Waits for a call of the store; nothing else runs yet that could suffer.
absl::StatusOr<bool> HasProject(Store& store) {
  absl::Notification known;
  absl::StatusOr<bool> result;
  store.HasProject({}, [&](absl::StatusOr<bool> any) {
    result = std::move(any);
    known.Notify();
  });
  known.WaitForNotification();
  return result;
}

absl::Status CreateProject(Store& store, const v1::Project& project,
                           const v1::ApiKey& key, const ApiKeyHash& hash) {
  absl::Notification known;
  absl::Status result;
  store.CreateProject(project, key, hash, {}, [&](absl::Status status) {
    result = std::move(status);
    known.Notify();
  });
  known.WaitForNotification();
  return result;
}

}  // namespace

absl::Status MakeFirstProject(Store& store, const std::string& key_file,
                              Entropy& entropy, absl::Time now) {
  const absl::StatusOr<bool> any = HasProject(store);
  if (!any.ok() || *any) return any.status();
  const absl::StatusOr<std::string> key = TakeOrMakeKey(key_file, entropy);
  if (!key.ok()) return key.status();

  v1::Project project;
  project.set_id_project(NewId(entropy, now));
  project.set_name(std::string(kName));
  *project.mutable_created_at() = ToMillis(now);
  v1::ApiKey record;
  record.set_id_api_key(NewId(entropy, now));
  record.set_id_project(project.id_project());
  record.set_name(std::string(kName));
  record.set_prefix(ApiKeyPrefix(*key));
  *record.mutable_created_at() = project.created_at();
  absl::Status created =
      CreateProject(store, project, record, HashApiKey(*key));
  if (created.ok()) {
    Log(LogLevel::kInfo, "made the first project",
        {{"project_id", project.id_project()}, {"api_key_file", key_file}});
  }
  return created;
}

}  // namespace webhooks::server
