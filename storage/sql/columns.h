#ifndef WEBHOOKS_STORAGE_SQL_COLUMNS_H_
#define WEBHOOKS_STORAGE_SQL_COLUMNS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "google/protobuf/timestamp.pb.h"
#include "storage/sql/connection.h"
#include "storage/uuid.h"

// Binds parameters and reads columns. Throws the failures of the driver; for
// use inside Connection::Guarded. Views last until the statement's next step;
// bound text and blobs must outlive the statement's execution.
namespace webhooks::sql {

// Binds the 16 bytes of a UUID. Text that is not a UUID, and nullopt, become an
// empty blob, which is no id and sorts before all ids.
void BindUuid(Statement& statement, int index, absl::string_view uuid);
void BindUuid(Statement& statement, int index, const std::optional<Uuid>& uuid);
Uuid IdColumn(Statement& statement, int index);
std::string UuidColumn(Statement& statement, int index);

// Times are stored as Unix milliseconds.
void BindTime(Statement& statement, int index, absl::Time time);
void BindTime(Statement& statement, int index,
              const google::protobuf::Timestamp& time);
absl::Time TimeColumn(Statement& statement, int index);
google::protobuf::Timestamp TimestampColumn(Statement& statement, int index);
// Returns nullopt for NULL.
std::optional<absl::Time> OptionalTimeColumn(Statement& statement, int index);

// The text or bytes that are bound below must outlive the execution of the
// statement.
void BindText(Statement& statement, int index, const std::string& text);
void BindText(Statement& statement, int index, std::string&& text) = delete;
std::string TextColumn(Statement& statement, int index);
absl::string_view TextView(Statement& statement, int index);

void BindBlob(Statement& statement, int index,
              absl::Span<const unsigned char> bytes);
void BindBytes(Statement& statement, int index, absl::string_view bytes);
void BindBytes(Statement& statement, int index, std::string&& bytes) = delete;
template <typename Bytes>
void BindBlob(Statement& statement, int index, const Bytes&& bytes) = delete;
absl::string_view BlobColumn(Statement& statement, int index);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_COLUMNS_H_
