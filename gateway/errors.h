#ifndef WEBHOOKS_GATEWAY_ERRORS_H_
#define WEBHOOKS_GATEWAY_ERRORS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/rpc/error_details.pb.h"

// The errors of the gateway itself. Errors of the server are passed on
// unchanged.
namespace webhooks::gateway {

struct GatewayError {
  absl::StatusCode code;
  absl::string_view reason;
  int http_status;
  // The description in the OpenAPI document. Empty: the error is not
  // documented, because no RPC fails with it.
  absl::string_view text;
};

// Returns the table of all errors.
absl::Span<const GatewayError> GatewayErrors();

// Returns the HTTP status of an error of the table; for another error, the
// result of HttpStatusOfServerError.
int HttpStatus(const absl::Status& status);

// Returns the HTTP status of an error of the server, by its code:
// INVALID_ARGUMENT 400, UNAUTHENTICATED 401, ... as the REST contract lists
// them, and 412 for ABORTED with the reason ETAG_MISMATCH; OK 200. Reasons of
// the server may be in the table with another HTTP status, so only its code
// counts.
int HttpStatusOfServerError(const absl::Status& status);

// Each constructor below returns an error of the table: its name is the reason.

// 400: not HTTP, or HTTP that two programs could read in two ways.
absl::Status MalformedRequest(absl::string_view problem);
absl::Status MalformedPath();
// `byte` is the offset of the first byte that is not JSON; it is in the message
// and in the metadata.
absl::Status MalformedJson(absl::string_view problem, std::size_t byte);
// `violations` must not be empty.
absl::Status InvalidRequest(const google::rpc::BadRequest& violations);
absl::Status InvalidHeader(const google::rpc::BadRequest& violations);
absl::Status InvalidHeader(absl::string_view name, absl::string_view problem);

absl::Status ApiKeyMissing();                                  // 401
absl::Status CrossSiteRequest();                               // 403
absl::Status PathNotFound();                                   // 404
absl::Status DocsNotInstalled();                               // 404
absl::Status ConsoleNotInstalled();                            // 404
absl::Status MethodNotAllowed();                               // 405
absl::Status RequestTimeout(absl::string_view part);           // 408
absl::Status EtagMismatch(absl::string_view problem);          // 412
absl::Status BodyTooLarge(std::size_t limit);                  // 413
absl::Status TargetTooLong(std::size_t limit);                 // 414
absl::Status UnsupportedMediaType(absl::string_view problem);  // 415
absl::Status UnsupportedExpectation();                         // 417
absl::Status HeadersTooLarge(absl::string_view subject,
                             std::size_t limit);                          // 431
absl::Status MessageTooLarge();                                           // 429
absl::Status CallCancelled();                                             // 499
absl::Status GatewayFailure();                                            // 500
absl::Status ServerFailure();                                             // 500
absl::Status ResponseNotJson();                                           // 500
absl::Status MethodUnknown(absl::Span<const absl::string_view> methods);  // 501
absl::Status TransferCodingUnknown();                                     // 501
absl::Status CallNotOffered();                                            // 501
absl::Status ServerUnreachable(absl::string_view problem);                // 503
absl::Status ServerNotServing();                                          // 503
absl::Status CallInterrupted();                                           // 503
absl::Status TooManyConnections();                                        // 503
absl::Status TooManyBytesBuffered(absl::string_view problem);             // 503
absl::Status DeadlineExceeded();                                          // 504

// Returns true for ServerUnreachable.
bool IsServerUnreachable(const absl::Status& status);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_ERRORS_H_
