#ifndef WEBHOOKS_GATEWAY_CALL_HEADERS_H_
#define WEBHOOKS_GATEWAY_CALL_HEADERS_H_

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/http/request_handler.h"

// The mapping between HTTP headers and gRPC metadata. Only the headers and
// entries that are listed here are passed on.
namespace webhooks::gateway {

// The longest timeout that a client can request.
inline constexpr absl::Duration kLongestCall = absl::Seconds(60);

// The maximum size of the metadata that a client may cause in a call, in bytes:
// gRPC counts name, value and 32 bytes for each entry. Far below the server's
// own limit.
inline constexpr std::size_t kMaxCallMetadata = 8 << 10;
inline constexpr std::size_t kMetadataEntryOverhead = 32;  // RFC 7541, 4.1

// Returns true if `text` is printable ASCII, and so a valid header value.
bool IsPrintable(absl::string_view text);

struct CallHeaders {
  std::vector<std::pair<std::string, std::string>> metadata;
  // The entry of `metadata` that identifies the caller, as "name: value".
  std::string credential;
  absl::Duration timeout;
};

// Returns the metadata and timeout of the call for `head`. The metadata has the
// request id, the trace, the client's address, x-project and, without an
// x-api-key, the name of the client's certificate. The timeout is the header
// grpc-timeout, at most kLongestCall, or `default_timeout`. INVALID_ARGUMENT
// (INVALID_HEADER): the key or x-project is repeated or is not printable ASCII,
// x-project is given although `accepts_project` is false, or grpc-timeout is
// not 1 to 8 digits, not all zero, followed by one of H, M, S, m, u, n.
absl::StatusOr<CallHeaders> ReadCallHeaders(const RequestHead& head,
                                            absl::Duration default_timeout,
                                            bool accepts_project = true);

// Returns the size of the metadata in bytes, as gRPC counts them.
std::size_t MetadataSize(const CallHeaders& headers);

// INVALID_ARGUMENT (HEADERS_TOO_LARGE): the metadata takes more than
// kMaxCallMetadata.
absl::Status CheckSize(const CallHeaders& headers);

// Sets the headers of `response` from the server's initial metadata: only
// idempotent-replayed and ratelimit-*. Sets the project for the log line.
void ApplyReplyMetadata(const std::multimap<std::string, std::string>& metadata,
                        HttpResponse& response);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_CALL_HEADERS_H_
