#ifndef WEBHOOKS_STORAGE_SQL_TRANSFER_IMPORT_H_
#define WEBHOOKS_STORAGE_SQL_TRANSFER_IMPORT_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/sealing/sealer.h"
#include "storage/sealing/secret_key.h"
#include "storage/sql/connection.h"
#include "storage/sql/transfer/row_adapter.h"
#include "storage/sql/transfer/stream.pb.h"
#include "storage/sql/transfer/stream_reader.h"
#include "storage/transfer.h"

namespace webhooks::sql {

// Reads a stream of ExportRows into a database. Seals again, under the first
// key of this process, secrets that are sealed under another one.
class Import {
 public:
  // Reads the header of the stream. INVALID_ARGUMENT, FAILED_PRECONDITION,
  // DATA_LOSS: see StreamReader. FAILED_PRECONDITION: the database of the
  // stream has secrets under a key that `keys` does not return. Other errors of
  // `keys` are passed on.
  static absl::StatusOr<std::unique_ptr<Import>> Begin(
      ByteSource source, const SecretKeySource& keys);

  const Sealer& sealer() const { return sealer_; }

  // Returns the 16 bytes of the id of the stream's project; "" for a whole
  // database.
  const std::string& project() const { return header_.project(); }

  // Inserts all rows inside the caller's transaction, which an error must undo.
  // Call it once. FAILED_PRECONDITION: the database is not empty, has secrets
  // under a key that this process lacks, or does not know the first key of this
  // process. ALREADY_EXISTS: it has the project. DATA_LOSS: see StreamReader.
  // Errors of the database are passed on.
  absl::StatusOr<Transfer> Run(Connection& connection);

 private:
  Import(StreamReader reader, storage::StreamHeader header,
         const SecretKeys& keys);

  absl::Status CheckTarget(Connection& connection);
  absl::Status InsertRows(Connection& connection);
  absl::Status InsertRow(Connection& connection, storage::StreamRow& row);
  // Reads the rest of the stream, after `error`, which the stream has caused if
  // it is damaged. Returns the cause.
  absl::Status CauseOf(const absl::Status& error);

  StreamReader reader_;
  const storage::StreamHeader header_;
  const Sealer sealer_;
  RowAdapter adapter_;
  // The INSERT of each table.
  std::vector<std::string> inserts_;
};

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_TRANSFER_IMPORT_H_
