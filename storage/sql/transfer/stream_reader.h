#ifndef WEBHOOKS_STORAGE_SQL_TRANSFER_STREAM_READER_H_
#define WEBHOOKS_STORAGE_SQL_TRANSFER_STREAM_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/sql/transfer/sha256.h"
#include "storage/sql/transfer/stream.pb.h"
#include "storage/transfer.h"

namespace webhooks::sql {

// Reads the format of stream.proto, and verifies it. Errors of the source are
// passed on. DATA_LOSS: the stream is damaged or incomplete. Messages are for
// the operator.
class StreamReader {
 public:
  explicit StreamReader(ByteSource source) : source_(std::move(source)) {}

  // Reads the header. INVALID_ARGUMENT: this is no such stream.
  // FAILED_PRECONDITION: this program does not know its version. Its tables are
  // TransferTables().
  absl::StatusOr<storage::StreamHeader> ReadHeader();

  // Reads the next row into `record`. Returns false at the end, if the counts
  // and the checksum are right and nothing follows. Until then, the rows may be
  // damaged. The index of the table is valid, and the number of values is that
  // of its columns.
  absl::StatusOr<bool> Next(storage::StreamRecord& record);

  // Returns the number of rows of each table so far.
  const std::vector<std::int64_t>& rows() const { return rows_; }
  std::int64_t bytes() const { return bytes_; }

 private:
  // Returns the next `size` bytes, or all that are left.
  absl::StatusOr<absl::string_view> Peek(std::size_t size);
  // Reads the next record without passing it. Returns its bytes, which are
  // valid until the next call.
  absl::StatusOr<absl::string_view> PeekRecord(storage::StreamRecord& record);
  void Pass(absl::string_view bytes);
  absl::Status CountRow(const storage::StreamRow& row);
  absl::Status CheckEnd(const storage::StreamEnd& end);

  const ByteSource source_;
  Sha256 sha256_;
  std::vector<std::int64_t> rows_;
  std::size_t table_ = 0;
  std::string buffer_;
  std::size_t begin_ = 0;
  bool is_at_end_ = false;
  std::int64_t bytes_ = 0;
};

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_TRANSFER_STREAM_READER_H_
