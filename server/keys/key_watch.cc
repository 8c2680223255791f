#include "server/keys/key_watch.h"

#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/keys/key_files.h"
#include "server/runtime/log.h"
#include "server/runtime/small_file.h"
#include "storage/await.h"

namespace webhooks::server {
namespace {

std::string IdsOf(const SecretKeys& keys) {
  return absl::StrJoin(keys, ",", [](std::string* out, const SecretKey& key) {
    out->append(FormatKeyId(key.id()));
  });
}

FileWatch<std::string>::Read ReaderOf(const std::string& path) {
  return [path] { return ReadSmallFile(path); };
}

}  // namespace

KeyWatch::KeyWatch(Keys keys, Upkeep& store, AdminKey& admin_key,
                   Entropy& entropy, absl::Duration interval)
    : store_(store),
      admin_(admin_key),
      entropy_(entropy),
      keys_(std::move(keys)),
      // The files may have changed since the start read them.
      secret_keys_(interval, std::nullopt, ReaderOf(keys_.secret_key_file),
                   [this](const auto&) { return AdoptSecretKeys(); }),
      admin_key_(interval, std::nullopt, ReaderOf(keys_.admin_key_file),
                 [this](const absl::StatusOr<std::string>& content) {
                   return AdoptAdminKey(content);
                 }) {}

bool KeyWatch::AdoptSecretKeys() {
  const std::string& path = keys_.secret_key_file;
  auto found = ReadSecretKeys(path);
  if (found.ok() && !found->has_value()) found = SecretKeysLost(path);
  if (!found.ok()) {
    Refuse(found.status(), secret_refused_);
    return true;
  }
  const SecretKeys& keys = **found;
  if (keys != keys_.secret_keys) {
    const absl::Status replaced = AwaitStatus([&](auto done) {
      store_.ReplaceSecretKeys(keys, {}, std::move(done));
    });
    // Another attempt may succeed, when the store is free again or no longer
    // needs a key.
    if (!replaced.ok()) {
      Refuse(absl::Status(replaced.code(),
                          absl::StrCat(path, ": ", replaced.message())),
             secret_refused_);
      return false;
    }
    keys_.secret_keys = keys;
    Log(LogLevel::kInfo, "secret keys reloaded",
        {{"file", path}, {"keys", IdsOf(keys)}});
  }
  Refuse(absl::OkStatus(), secret_refused_);
  return true;
}

// A missing file may come back, for example when a volume is mounted again.
bool KeyWatch::AdoptAdminKey(const absl::StatusOr<std::string>& content) {
  const std::string& path = keys_.admin_key_file;
  const absl::StatusOr<std::string> found =
      content.ok() ? TakeOrMakeAdminKey(path, entropy_) : content.status();
  Refuse(found.status(), admin_refused_);
  if (!found.ok()) return true;
  if (*found != keys_.admin_key) {
    keys_.admin_key = *found;
    admin_.Replace(keys_.admin_key);
    Log(LogLevel::kInfo, "admin key reloaded", {{"file", path}});
  }
  return true;
}

void KeyWatch::Refuse(absl::Status status, Refusal& refusal) {
  if (status == refusal.status) return;
  refusal.is_set = !status.ok();
  if (!status.ok()) {
    Log(LogLevel::kError, "a key file cannot be used, the old keys stay in use",
        {{"error", status.message()}});
  }
  refusal.status = std::move(status);
}

}  // namespace webhooks::server
