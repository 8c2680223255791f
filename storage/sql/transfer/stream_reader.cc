#include "storage/sql/transfer/stream_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "google/protobuf/io/coded_stream.h"
#include "storage/sql/transfer/stream_writer.h"
#include "storage/sql/transfer/tables.h"

namespace webhooks::sql {
namespace {

// The number of bytes that the source is asked for at once.
constexpr std::size_t kReadBytes = 64 << 10;

// The maximum size of a length, and of a record, which is as large as an event.
constexpr std::size_t kMaxLengthBytes = 5;
constexpr std::size_t kMaxRecordBytes = 64 << 20;

absl::Status DamagedStream(absl::string_view how) {
  return absl::DataLossError(
      absl::StrCat("the stream is damaged: ", how, "; nothing was imported"));
}

absl::Status IncompleteStream() {
  return absl::DataLossError(
      "the stream is incomplete: it ends before its last record; nothing was "
      "imported");
}

absl::Status CheckTables(const storage::StreamHeader& header) {
  const std::vector<TransferTable>& tables = TransferTables();
  bool is_same = header.tables_size() == static_cast<int>(tables.size());
  for (int i = 0; is_same && i < header.tables_size(); ++i) {
    const TransferTable& table = tables[static_cast<std::size_t>(i)];
    is_same =
        header.tables(i).name() == table.name &&
        std::equal(table.columns.begin(), table.columns.end(),
                   header.tables(i).columns().begin(),
                   header.tables(i).columns().end(),
                   [](const TransferColumn& column, const std::string& name) {
                     return column.name == name;
                   });
  }
  return is_same ? absl::OkStatus()
                 : DamagedStream("its tables are not those of its version");
}

}  // namespace

absl::StatusOr<storage::StreamHeader> StreamReader::ReadHeader() {
  const auto line = Peek(kStreamLine.size());
  if (!line.ok()) return line.status();
  if (line->empty()) {
    return absl::InvalidArgumentError(
        "the input is empty: it should be a stream of webhookctl export, which "
        "may have failed");
  }
  if (*line != kStreamLine) {
    return absl::InvalidArgumentError(
        "this is not a stream of webhookctl export");
  }
  Pass(*line);
  storage::StreamRecord record;
  const auto bytes = PeekRecord(record);
  if (!bytes.ok()) return bytes.status();
  if (!record.has_header()) return DamagedStream("it has no header");
  Pass(*bytes);
  const int version = record.header().version();
  if (version != kStreamVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("the stream has version ", version,
                     "; this program knows version ", kStreamVersion));
  }
  absl::Status known = CheckTables(record.header());
  if (!known.ok()) return known;
  rows_.assign(TransferTables().size(), 0);
  return std::move(*record.mutable_header());
}

absl::StatusOr<bool> StreamReader::Next(storage::StreamRecord& record) {
  const auto bytes = PeekRecord(record);
  if (!bytes.ok()) return bytes.status();
  if (record.has_row()) {
    absl::Status counted = CountRow(record.row());
    if (!counted.ok()) return counted;
    Pass(*bytes);
    return true;
  }
  if (!record.has_end()) return DamagedStream("a record is not a row");
  begin_ += bytes->size();
  bytes_ += static_cast<std::int64_t>(bytes->size());
  absl::Status good = CheckEnd(record.end());
  if (!good.ok()) return good;
  return false;
}

absl::Status StreamReader::CountRow(const storage::StreamRow& row) {
  const std::size_t table = row.table();
  if (table < table_ || table >= rows_.size()) {
    return DamagedStream("a row is not in its place");
  }
  table_ = table;
  ++rows_[table];
  const std::size_t columns = TransferTables()[table].columns.size();
  return row.values_size() == static_cast<int>(columns)
             ? absl::OkStatus()
             : DamagedStream("a row has another number of values");
}

absl::Status StreamReader::CheckEnd(const storage::StreamEnd& end) {
  if (!std::equal(rows_.begin(), rows_.end(), end.rows().begin(),
                  end.rows().end())) {
    return DamagedStream("the number of its rows is wrong");
  }
  if (sha256_.Finish() != end.sha256()) {
    return DamagedStream("its checksum is wrong");
  }
  const auto rest = Peek(1);
  if (!rest.ok()) return rest.status();
  return rest->empty() ? absl::OkStatus()
                       : DamagedStream("something follows its last record");
}

absl::StatusOr<absl::string_view> StreamReader::PeekRecord(
    storage::StreamRecord& record) {
  auto bytes = Peek(kMaxLengthBytes);
  if (!bytes.ok()) return bytes;
  google::protobuf::io::CodedInputStream length(
      reinterpret_cast<const std::uint8_t*>(bytes->data()),
      static_cast<int>(std::min(bytes->size(), kMaxLengthBytes)));
  std::uint32_t size = 0;
  if (!length.ReadVarint32(&size)) {
    return bytes->size() < kMaxLengthBytes
               ? IncompleteStream()
               : DamagedStream("the length of a record is wrong");
  }
  if (size > kMaxRecordBytes) return DamagedStream("a record is too large");
  const auto begin = static_cast<std::size_t>(length.CurrentPosition());
  bytes = Peek(begin + size);
  if (!bytes.ok()) return bytes;
  if (bytes->size() < begin + size) return IncompleteStream();
  *bytes = bytes->substr(0, begin + size);
  if (!record.ParseFromArray(bytes->data() + begin, static_cast<int>(size))) {
    return DamagedStream("a record cannot be read");
  }
  return bytes;
}

absl::StatusOr<absl::string_view> StreamReader::Peek(std::size_t size) {
  while (buffer_.size() - begin_ < size && !is_at_end_) {
    buffer_.erase(0, std::exchange(begin_, 0));
    const std::size_t held = buffer_.size();
    buffer_.resize(held + kReadBytes);
    const auto read =
        source_(absl::MakeSpan(buffer_.data() + held, kReadBytes));
    buffer_.resize(held + (read.ok() ? *read : 0));
    if (!read.ok()) return read.status();
    is_at_end_ = *read == 0;
  }
  return absl::string_view(buffer_).substr(begin_, size);
}

void StreamReader::Pass(absl::string_view bytes) {
  sha256_.Update(bytes);
  begin_ += bytes.size();
  bytes_ += static_cast<std::int64_t>(bytes.size());
}

}  // namespace webhooks::sql
