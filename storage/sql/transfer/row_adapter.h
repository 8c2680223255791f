#ifndef WEBHOOKS_STORAGE_SQL_TRANSFER_ROW_ADAPTER_H_
#define WEBHOOKS_STORAGE_SQL_TRANSFER_ROW_ADAPTER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "storage/sealing/sealer.h"
#include "storage/sql/transfer/stream.pb.h"
#include "storage/sql/transfer/tables.h"

namespace webhooks::sql {

// The maximum seq of an event in a stream: far below the limit of the type, so
// that places, which are twice a seq, can be moved.
inline constexpr std::int64_t kMaxStreamSeq = std::int64_t{1} << 60;

// Checks the rows of a stream, and changes their values for the database that
// they are imported into.
class RowAdapter {
 public:
  // Both must outlive this.
  RowAdapter(const storage::StreamHeader& header, const Sealer& sealer)
      : header_(header), sealer_(sealer) {}

  // Makes the seqs of events higher by `difference`. Initially 0.
  void MoveSeqs(std::int64_t difference) { moved_by_ = difference; }

  // Returns the highest seq of an event here; 0 if there is none.
  std::int64_t last_event_seq() const {
    const std::int64_t last = header_.last_event_seq();
    return last == 0 ? 0 : last + moved_by_;
  }

  // Changes the values of a row, which has one for each column. DATA_LOSS: they
  // are not those of a row of its table and of the stream's project. The
  // message is for the operator.
  absl::Status Adapt(storage::StreamRow& row) const;

 private:
  absl::Status AdaptValue(const TransferTable& table, std::size_t column,
                          storage::StreamRow& row) const;
  // Seals the value under the first key, for `owner`. A value that cannot be
  // opened stays as it is: it was damaged in its database.
  void SealAgain(storage::StreamValue& value, const std::string& owner) const;

  const storage::StreamHeader& header_;
  const Sealer& sealer_;
  std::int64_t moved_by_ = 0;
};

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_TRANSFER_ROW_ADAPTER_H_
