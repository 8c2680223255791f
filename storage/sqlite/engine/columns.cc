#include "storage/sqlite/engine/columns.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "proto/time.h"
#include "storage/uuid.h"

namespace webhooks::sqlite {

void BindUuid(Statement& statement, int index, absl::string_view uuid) {
  BindUuid(statement, index, ParseUuid(uuid));
}

void BindUuid(Statement& statement, int index,
              const std::optional<Uuid>& uuid) {
  // SQLite binds a null pointer as NULL: an empty blob needs an address.
  static constexpr Uuid kNone{};
  statement->bind(index, uuid ? uuid->data() : kNone.data(),
                  uuid ? static_cast<int>(uuid->size()) : 0);
}

std::string UuidColumn(Statement& statement, int index) {
  return FormatUuid(IdColumn(statement, index));
}

Uuid IdColumn(Statement& statement, int index) {
  const SQLite::Column column = statement->getColumn(index);
  Uuid uuid{};
  if (column.getBytes() == static_cast<int>(uuid.size())) {
    std::copy_n(static_cast<const std::uint8_t*>(column.getBlob()), uuid.size(),
                uuid.begin());
  }
  return uuid;
}

void BindTime(Statement& statement, int index,
              const google::protobuf::Timestamp& time) {
  BindTime(statement, index, FromTimestamp(time));
}

void BindTime(Statement& statement, int index, absl::Time time) {
  statement->bind(index, std::int64_t{absl::ToUnixMillis(time)});
}

absl::Time TimeColumn(Statement& statement, int index) {
  return absl::FromUnixMillis(statement->getColumn(index).getInt64());
}

google::protobuf::Timestamp TimestampColumn(Statement& statement, int index) {
  return ToTimestamp(TimeColumn(statement, index));
}

std::optional<absl::Time> OptionalTimeColumn(Statement& statement, int index) {
  if (statement->isColumnNull(index)) return std::nullopt;
  return TimeColumn(statement, index);
}

void BindText(Statement& statement, int index, const std::string& text) {
  statement->bindNoCopy(index, text);
}

std::string TextColumn(Statement& statement, int index) {
  return statement->getColumn(index).getString();
}

absl::string_view TextView(Statement& statement, int index) {
  const SQLite::Column column = statement->getColumn(index);
  // Converts the column to text before getBytes reads the size.
  const char* const text = column.getText();
  return {text, static_cast<std::size_t>(column.getBytes())};
}

void BindBlob(Statement& statement, int index,
              absl::Span<const unsigned char> bytes) {
  statement->bindNoCopy(index, bytes.data(), static_cast<int>(bytes.size()));
}

void BindBytes(Statement& statement, int index, absl::string_view bytes) {
  statement->bindNoCopy(index, static_cast<const void*>(bytes.data()),
                        static_cast<int>(bytes.size()));
}

absl::string_view BlobColumn(Statement& statement, int index) {
  const SQLite::Column column = statement->getColumn(index);
  const auto* const bytes = static_cast<const char*>(column.getBlob());
  return {bytes, static_cast<std::size_t>(column.getBytes())};
}

}  // namespace webhooks::sqlite
