#ifndef WEBHOOKS_STORAGE_SQLITE_ENGINE_COLUMNS_H_
#define WEBHOOKS_STORAGE_SQLITE_ENGINE_COLUMNS_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "google/protobuf/timestamp.pb.h"
#include "storage/sqlite/engine/connection.h"
#include "storage/uuid.h"

// Reads and writes the values of records in columns. Functions that take a
// statement throw what SQLiteCpp throws; for use inside Connection::Guarded.
namespace webhooks::sqlite {

// Bytes of a UUID.
inline constexpr std::size_t kUuidSize = 16;

// The 16 bytes of a UUID; "" where the text is none.
std::string UuidBytes(absl::string_view uuid);

// The 16 bytes of the lowest version 7 UUID that can have been made at `time`.
std::string FirstIdOf(absl::Time time);

// The UUID with the 16 bytes.
std::string UuidText(absl::string_view bytes);

// A UUID's 16 bytes; text that is not a UUID becomes an empty blob, which is no
// row's id.
void BindUuid(Statement& statement, int index, absl::string_view uuid);
void BindUuid(Statement& statement, int index, const std::optional<Uuid>& uuid);
Uuid IdColumn(Statement& statement, int index);
std::string UuidColumn(Statement& statement, int index);

// Unix milliseconds.
void BindTime(Statement& statement, int index, absl::Time time);
void BindTime(Statement& statement, int index,
              const google::protobuf::Timestamp& time);
absl::Time TimeColumn(Statement& statement, int index);
google::protobuf::Timestamp TimestampColumn(Statement& statement, int index);

// `text` must outlive the statement's execution.
void BindText(Statement& statement, int index, const std::string& text);
std::string TextColumn(Statement& statement, int index);
// A view that lasts until the statement's next step.
absl::string_view TextView(Statement& statement, int index);

// `bytes` must outlive the statement's execution.
void BindBlob(Statement& statement, int index,
              absl::Span<const unsigned char> bytes);
void BindBytes(Statement& statement, int index, absl::string_view bytes);
// A view that lasts until the statement's next step.
absl::string_view BlobColumn(Statement& statement, int index);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ENGINE_COLUMNS_H_
