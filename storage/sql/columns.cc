#include "storage/sql/columns.h"

#include <algorithm>

#include "proto/time.h"
#include "storage/uuid.h"

namespace webhooks::sql {

void BindUuid(Statement& statement, int index, absl::string_view uuid) {
  BindUuid(statement, index, ParseUuid(uuid));
}

void BindUuid(Statement& statement, int index,
              const std::optional<Uuid>& uuid) {
  statement.cursor().BindCopy(
      index,
      uuid ? absl::string_view(reinterpret_cast<const char*>(uuid->data()),
                               uuid->size())
           : "");
}

std::string UuidColumn(Statement& statement, int index) {
  return FormatUuid(IdColumn(statement, index));
}

Uuid IdColumn(Statement& statement, int index) {
  const absl::string_view bytes = BlobColumn(statement, index);
  Uuid uuid{};
  if (bytes.size() == uuid.size()) {
    std::copy(bytes.begin(), bytes.end(), uuid.begin());
  }
  return uuid;
}

void BindTime(Statement& statement, int index,
              const google::protobuf::Timestamp& time) {
  BindTime(statement, index, FromTimestamp(time));
}

void BindTime(Statement& statement, int index, absl::Time time) {
  statement.Bind(index, absl::ToUnixMillis(time));
}

absl::Time TimeColumn(Statement& statement, int index) {
  return absl::FromUnixMillis(statement.Int64(index));
}

google::protobuf::Timestamp TimestampColumn(Statement& statement, int index) {
  return ToTimestamp(TimeColumn(statement, index));
}

std::optional<absl::Time> OptionalTimeColumn(Statement& statement, int index) {
  if (statement.IsNull(index)) return std::nullopt;
  return TimeColumn(statement, index);
}

void BindText(Statement& statement, int index, const std::string& text) {
  statement.cursor().BindText(index, text);
}

std::string TextColumn(Statement& statement, int index) {
  return std::string(TextView(statement, index));
}

absl::string_view TextView(Statement& statement, int index) {
  return statement.cursor().Bytes(index);
}

void BindBlob(Statement& statement, int index,
              absl::Span<const unsigned char> bytes) {
  BindBytes(statement, index,
            absl::string_view(reinterpret_cast<const char*>(bytes.data()),
                              bytes.size()));
}

void BindBytes(Statement& statement, int index, absl::string_view bytes) {
  statement.cursor().BindBytes(index, bytes);
}

absl::string_view BlobColumn(Statement& statement, int index) {
  return statement.cursor().Bytes(index);
}

}  // namespace webhooks::sql
