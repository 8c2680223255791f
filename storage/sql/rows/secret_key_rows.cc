#include "storage/sql/rows/secret_key_rows.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/sql/columns.h"

namespace webhooks::sql {

absl::StatusOr<std::vector<SecretKey::Id>> SelectSecretKeys(
    Connection& connection) {
  using Ids = std::vector<SecretKey::Id>;
  return connection.Guarded("select secret keys", [&]() -> absl::StatusOr<Ids> {
    Ids ids;
    Statement row = connection.Prepared("SELECT id FROM secret_keys");
    while (row.Step()) {
      const absl::string_view bytes = BlobColumn(row, 0);
      SecretKey::Id& id = ids.emplace_back();
      std::copy_n(bytes.begin(), std::min(bytes.size(), id.size()), id.begin());
    }
    return ids;
  });
}

absl::Status CheckSecretKeys(Connection& connection, const Sealer& sealer) {
  const auto ids = SelectSecretKeys(connection);
  if (!ids.ok()) return ids.status();
  for (const SecretKey::Id& id : *ids) {
    if (sealer.Has(id)) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("the database has secrets under the key ", FormatKeyId(id),
                     ", which is not in the key file: put its line back, or "
                     "copy the key file of a server that uses the database"));
  }
  return absl::OkStatus();
}

bool HasSecretKey(Connection& connection, const SecretKey::Id& id) {
  Statement row = connection.Prepared("SELECT 1 FROM secret_keys WHERE id = ?");
  BindBlob(row, 1, id);
  return row.Step();
}

absl::Status InsertSecretKey(Connection& connection, const SecretKey::Id& id) {
  return connection.Guarded("insert secret key", [&]() -> absl::Status {
    Statement insert = connection.Prepared(
        "INSERT INTO secret_keys VALUES (?) ON CONFLICT DO NOTHING");
    BindBlob(insert, 1, id);
    insert.Execute();
    return absl::OkStatus();
  });
}

}  // namespace webhooks::sql
