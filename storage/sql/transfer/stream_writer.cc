#include "storage/sql/transfer/stream_writer.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"

namespace webhooks::sql {
namespace {

using google::protobuf::io::CodedOutputStream;

// The number of bytes that the sink gets at once.
constexpr std::size_t kWriteBytes = 64 << 10;

constexpr int kMaxVarintBytes = 5;

}  // namespace

void StreamWriter::WriteHeader(const storage::StreamHeader& header) {
  rows_.assign(static_cast<std::size_t>(header.tables_size()), 0);
  absl::StrAppend(&buffer_, kStreamLine);
  storage::StreamRecord record;
  *record.mutable_header() = header;
  Append(record);
}

absl::Status StreamWriter::WriteRow(const storage::StreamRecord& row) {
  ++rows_[row.row().table()];
  Append(row);
  if (buffer_.size() < kWriteBytes) return absl::OkStatus();
  sha256_.Update(buffer_);
  return Flush();
}

absl::Status StreamWriter::Finish() {
  sha256_.Update(buffer_);
  storage::StreamRecord record;
  storage::StreamEnd& end = *record.mutable_end();
  end.mutable_rows()->Add(rows_.begin(), rows_.end());
  end.set_sha256(sha256_.Finish());
  Append(record);
  return Flush();
}

void StreamWriter::Append(const storage::StreamRecord& record) {
  std::uint8_t length[kMaxVarintBytes];
  const std::uint8_t* const end = CodedOutputStream::WriteVarint32ToArray(
      static_cast<std::uint32_t>(record.ByteSizeLong()), length);
  buffer_.append(reinterpret_cast<const char*>(length),
                 static_cast<std::size_t>(end - length));
  record.AppendToString(&buffer_);
}

absl::Status StreamWriter::Flush() {
  bytes_ += static_cast<std::int64_t>(buffer_.size());
  absl::Status written = sink_(buffer_);
  buffer_.clear();
  return written;
}

}  // namespace webhooks::sql
