#ifndef WEBHOOKS_STORAGE_SQL_TRANSFER_STREAM_WRITER_H_
#define WEBHOOKS_STORAGE_SQL_TRANSFER_STREAM_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/sql/transfer/sha256.h"
#include "storage/sql/transfer/stream.pb.h"
#include "storage/transfer.h"

namespace webhooks::sql {

// The first line of a stream.
inline constexpr absl::string_view kStreamLine = "webhooks-export\n";

// Writes the format of stream.proto. After an error, which is that of the sink,
// the stream is of no use.
class StreamWriter {
 public:
  // `sink` must outlive this.
  explicit StreamWriter(const ByteSink& sink) : sink_(sink) {}

  // Write the first line and the header, then rows, then the end.
  void WriteHeader(const storage::StreamHeader& header);
  absl::Status WriteRow(const storage::StreamRecord& row);
  absl::Status Finish();

  // Returns the number of rows of each of the header's tables.
  const std::vector<std::int64_t>& rows() const { return rows_; }
  std::int64_t bytes() const { return bytes_; }

 private:
  void Append(const storage::StreamRecord& record);
  absl::Status Flush();

  const ByteSink& sink_;
  Sha256 sha256_;
  std::vector<std::int64_t> rows_;
  std::string buffer_;
  std::int64_t bytes_ = 0;
};

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_TRANSFER_STREAM_WRITER_H_
