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

// Which HTTP headers become gRPC metadata, and which metadata headers. Nothing
// crosses that is not listed here.
namespace webhooks::gateway {

// The longest deadline that a client can ask for.
inline constexpr absl::Duration kLongestCall = absl::Seconds(60);

// The part of a call's metadata that clients may fill; gRPC counts name, value
// and 32 bytes an entry. Far below what the server takes.
inline constexpr std::size_t kMaxCallMetadata = 8 << 10;
inline constexpr std::size_t kMetadataEntryOverhead = 32;  // RFC 7541, 4.1

// Returns true if `text` may stand in a header: only printable ASCII.
bool IsPrintable(absl::string_view text);

struct CallHeaders {
  std::vector<std::pair<std::string, std::string>> metadata;
  // The entry of `metadata` that says whose the call is, as "name: value".
  std::string credential;
  absl::Duration timeout;
};

// The metadata of `head`'s call, with its request id, trace and client's
// address and, where it has no x-api-key, the name of its client's certificate;
// and its deadline: the header grpc-timeout, up to kLongestCall, or
// `default_timeout`. INVALID_ARGUMENT (INVALID_HEADER): the key is repeated or
// holds anything but printable ASCII, or a grpc-timeout is not 1 to 8 digits,
// not all zero, and one of H, M, S, m, u, n.
absl::StatusOr<CallHeaders> ReadCallHeaders(const RequestHead& head,
                                            absl::Duration default_timeout);

// Returns the size of the metadata in bytes, as gRPC counts them.
std::size_t MetadataSize(const CallHeaders& headers);

// INVALID_ARGUMENT (HEADERS_TOO_LARGE): the metadata takes more than
// kMaxCallMetadata.
absl::Status CheckSize(const CallHeaders& headers);

// Sets the project for the log line. Of the server's initial metadata clients
// see idempotent-replayed and ratelimit-* only.
void ApplyReplyMetadata(const std::multimap<std::string, std::string>& metadata,
                        HttpResponse& response);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_CALL_HEADERS_H_
