#include "storage/sqlite/engine/sealing_functions.h"

#include <algorithm>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "proto/time.h"
#include "storage/sealed_secrets.h"
#include "storage/uuid.h"

namespace webhooks::sqlite {
namespace {

const Sealer& SealerOf(sqlite3_context* context) {
  return *static_cast<const Sealer*>(sqlite3_user_data(context));
}

void ReturnBlob(sqlite3_context* context, const void* bytes, std::size_t size) {
  sqlite3_result_blob(context, bytes, static_cast<int>(size), SQLITE_TRANSIENT);
}

void SealingKey(sqlite3_context* context, int, sqlite3_value**) {
  const SecretKey::Id id = SealerOf(context).sealing_key();
  ReturnBlob(context, id.data(), id.size());
}

void SealSecret(sqlite3_context* context, int, sqlite3_value** arguments) {
  Uuid id{};
  if (sqlite3_value_bytes(arguments[2]) != static_cast<int>(id.size())) {
    return sqlite3_result_error(context, "not an id", -1);
  }
  std::copy_n(
      static_cast<const std::uint8_t*>(sqlite3_value_blob(arguments[2])),
      id.size(), id.begin());
  v1::Webhook webhook;
  webhook.set_id_webhook_endpoint(FormatUuid(id));
  webhook.set_secret(
      reinterpret_cast<const char*>(sqlite3_value_text(arguments[0])));
  *webhook.mutable_created_at() =
      ToTimestamp(absl::FromUnixMillis(sqlite3_value_int64(arguments[1])));
  const std::string sealed = SealFirstSecret(SealerOf(context), webhook);
  ReturnBlob(context, sealed.data(), sealed.size());
}

void AddFunction(sqlite3* database, const char* name, int arguments,
                 const Sealer& sealer,
                 void (*function)(sqlite3_context*, int, sqlite3_value**)) {
  sqlite3_create_function(
      database, name, arguments, SQLITE_UTF8 | SQLITE_DIRECTONLY,
      const_cast<Sealer*>(&sealer), function, nullptr, nullptr);
}

}  // namespace

void AddSealingFunctions(sqlite3* database, const Sealer& sealer) {
  AddFunction(database, "sealing_key", 0, sealer, &SealingKey);
  AddFunction(database, "seal_secret", 3, sealer, &SealSecret);
}

}  // namespace webhooks::sqlite
