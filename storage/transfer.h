#ifndef WEBHOOKS_STORAGE_TRANSFER_H_
#define WEBHOOKS_STORAGE_TRANSFER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace webhooks {

// The result of ExportStore and ImportStore (storage/open.h).
struct Transfer {
  // The id of the project; "" for a whole database.
  std::string project;
  // The number of records of each kind, by the names of the tables.
  std::vector<std::pair<std::string, std::int64_t>> records;
  // The size of the stream.
  std::int64_t bytes = 0;
};

// Takes the next bytes of a stream. May block. An error ends the export, which
// returns it.
using ByteSink = std::function<absl::Status(absl::string_view bytes)>;

// Reads the next bytes of a stream into `buffer`. Returns their number, 0 at
// the end of the stream. May block. An error ends the import, which returns it.
using ByteSource =
    std::function<absl::StatusOr<std::size_t>(absl::Span<char> buffer)>;

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_TRANSFER_H_
