#ifndef WEBHOOKS_GATEWAY_HTTP_CHUNKED_BODY_H_
#define WEBHOOKS_GATEWAY_HTTP_CHUNKED_BODY_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace webhooks::gateway {

// Reads a body in the chunked transfer coding (RFC 9112, 7.1) as it arrives, as
// strictly as CheckFraming reads a header. Chunk extensions and trailers are
// checked and discarded. Beast 1.81 is too lenient for it: it reads a quoted
// extension value past the end of its line, and unfolds trailers.
class ChunkedBody {
 public:
  // `max_section_bytes` bounds the line before a chunk, and the trailer.
  explicit ChunkedBody(std::size_t max_section_bytes)
      : max_section_bytes_(max_section_bytes) {}

  // Takes what belongs to the body from the front of `input` and appends its
  // content to `body`, up to `max_body_bytes` in all; leaves an unfinished line
  // in `input`. After MALFORMED_REQUEST, BODY_TOO_LARGE or HEADERS_TOO_LARGE
  // the connection's framing is lost.
  absl::Status Read(absl::string_view& input, std::size_t max_body_bytes,
                    std::string& body);

  bool done() const { return next_ == Next::kNothing; }

 private:
  // The element that comes next.
  enum class Next { kSize, kData, kDataEnd, kTrailer, kNothing };

  absl::Status ReadLine(absl::string_view line);
  absl::Status ReadSize(absl::string_view line);
  absl::Status ReadTrailer(absl::string_view line);

  const std::size_t max_section_bytes_;
  Next next_ = Next::kSize;
  // The rest of the current chunk, in bytes.
  std::uint64_t chunk_left_ = 0;
  std::size_t trailer_bytes_ = 0;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_CHUNKED_BODY_H_
