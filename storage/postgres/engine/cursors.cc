#include "storage/postgres/engine/cursors.h"

#include <algorithm>
#include <cstddef>

namespace webhooks::postgres {
namespace {

// Reads a signed integer in network byte order.
std::int64_t ReadInteger(absl::string_view bytes) {
  if (bytes.empty()) return 0;
  auto value = static_cast<std::uint64_t>(
      static_cast<std::int64_t>(static_cast<signed char>(bytes[0])));
  for (const char byte : bytes.substr(1)) {
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  return static_cast<std::int64_t>(value);
}

// The limits of one fetch.
constexpr int kMaxFetch = 2000;
constexpr std::size_t kMaxFetchBytes = 4 << 20;

}  // namespace

int NextFetch(int rows, std::size_t bytes) {
  const std::size_t row_bytes = bytes / static_cast<std::size_t>(rows) + 1;
  return std::clamp(static_cast<int>(kMaxFetchBytes / row_bytes), 1,
                    std::min(rows * 4, kMaxFetch));
}

bool ResultCursor::IsNull(int column) {
  return PQgetisnull(result_.get(), row_, column) != 0;
}

std::int64_t ResultCursor::Int64(int column) {
  return ReadInteger(Bytes(column));
}

absl::string_view ResultCursor::Bytes(int column) {
  return {PQgetvalue(result_.get(), row_, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
}

}  // namespace webhooks::postgres
