#include "gateway/errors.h"

#include <cstdlib>
#include <initializer_list>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/rpc/entity_tag.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

using Code = absl::StatusCode;

constexpr absl::string_view kServerUnreachable = "SERVER_UNREACHABLE";

constexpr GatewayError kErrors[] = {
    {Code::kInvalidArgument, "INVALID_REQUEST", 400,
     "the request has invalid, unknown or missing fields; `field_violations` "
     "in the details lists them"},
    {Code::kInvalidArgument, "MALFORMED_JSON", 400,
     "the body is not JSON; `byte` in the details is the offset of the first "
     "wrong byte"},
    {Code::kInvalidArgument, "MALFORMED_PATH", 400,
     "the path is not percent-encoded UTF-8"},
    {Code::kInvalidArgument, "INVALID_HEADER", 400,
     "a header field has an invalid value"},
    {Code::kInvalidArgument, "MALFORMED_REQUEST", 400,
     "the request is not well-formed HTTP"},
    {Code::kUnauthenticated, "API_KEY_MISSING", 401,
     "the header x-api-key is missing or repeated"},
    {Code::kPermissionDenied, "CROSS_SITE_REQUEST", 403,
     "a browser sent a client certificate for a page of another site; such "
     "requests need an x-api-key"},
    {Code::kNotFound, "PATH_NOT_FOUND", 404, "there is no such path"},
    {Code::kNotFound, "DOCS_NOT_INSTALLED", 404, ""},
    {Code::kNotFound, "CONSOLE_NOT_INSTALLED", 404, ""},
    {Code::kUnimplemented, "METHOD_NOT_ALLOWED", 405,
     "the path does not have this method; Allow lists its methods"},
    {Code::kDeadlineExceeded, "REQUEST_TIMEOUT", 408,
     "the request did not arrive in time"},
    {Code::kAborted, kEtagMismatch, 412,
     "the ETag of the resource does not match If-Match"},
    {Code::kInvalidArgument, "BODY_TOO_LARGE", 413,
     "the size of the body exceeds the limit"},
    {Code::kInvalidArgument, "TARGET_TOO_LONG", 414,
     "the length of the request line exceeds the limit"},
    {Code::kInvalidArgument, "UNSUPPORTED_MEDIA_TYPE", 415,
     "the media type of the body is not supported, or the body has a "
     "Content-Encoding; bodies are application/json, and those of PATCH any "
     "type that Accept-Patch lists"},
    {Code::kInvalidArgument, "UNSUPPORTED_EXPECTATION", 417,
     "Expect is not 100-continue"},
    {Code::kResourceExhausted, "MESSAGE_TOO_LARGE", 429,
     "the request or its response exceeds the size limit of gRPC messages"},
    {Code::kInvalidArgument, "HEADERS_TOO_LARGE", 431,
     "the size of the header fields exceeds the limit"},
    {Code::kCancelled, "CALL_CANCELLED", 499, ""},
    {Code::kInternal, "GATEWAY_FAILURE", 500,
     "the gateway has failed; its log has the cause"},
    {Code::kInternal, "SERVER_FAILURE", 500,
     "the server has failed; its log has the cause"},
    {Code::kInternal, "RESPONSE_NOT_JSON", 500,
     "the response has a value that JSON cannot represent"},
    {Code::kUnimplemented, "METHOD_UNKNOWN", 501, "no path has this method"},
    {Code::kUnimplemented, "TRANSFER_CODING_UNKNOWN", 501,
     "the transfer coding is not chunked"},
    {Code::kUnimplemented, "CALL_NOT_OFFERED", 501,
     "the server is older than the gateway and does not offer the call"},
    {Code::kUnavailable, kServerUnreachable, 503,
     "the gateway cannot reach the server"},
    {Code::kUnavailable, "SERVER_NOT_SERVING", 503, ""},
    {Code::kUnavailable, "CALL_INTERRUPTED", 503,
     "the server stopped and ended the call, which may have been performed"},
    {Code::kUnavailable, "TOO_MANY_CONNECTIONS", 503,
     "too many connections are open"},
    {Code::kUnavailable, "TOO_MANY_BYTES_BUFFERED", 503,
     "the bodies of all requests in progress exceed the limit of the "
     "gateway's memory"},
    {Code::kDeadlineExceeded, "DEADLINE_EXCEEDED", 504,
     "the server did not respond in time"},
};

const GatewayError* Find(absl::string_view reason) {
  for (const GatewayError& error : kErrors) {
    if (error.reason == reason) return &error;
  }
  return nullptr;
}

// `reason` must be in the table.
absl::Status Make(
    absl::string_view reason, absl::string_view message,
    std::initializer_list<std::pair<absl::string_view, absl::string_view>>
        metadata = {}) {
  const GatewayError* error = Find(reason);
  if (error == nullptr) std::abort();
  return WithReason(absl::Status(error->code, message), reason, metadata);
}

}  // namespace

absl::Span<const GatewayError> GatewayErrors() { return kErrors; }

int HttpStatus(const absl::Status& status) {
  const GatewayError* error = Find(Reason(status));
  return error != nullptr && error->code == status.code()
             ? error->http_status
             : HttpStatusOfServerError(status);
}

int HttpStatusOfServerError(const absl::Status& status) {
  switch (status.code()) {
    case Code::kOk:
      return 200;
    case Code::kInvalidArgument:
    case Code::kFailedPrecondition:
    case Code::kOutOfRange:
      return 400;
    case Code::kUnauthenticated:
      return 401;
    case Code::kPermissionDenied:
      return 403;
    case Code::kNotFound:
      return 404;
    case Code::kAlreadyExists:
      return 409;
    case Code::kAborted:
      return Reason(status) == kEtagMismatch ? 412 : 409;
    case Code::kResourceExhausted:
      return 429;
    case Code::kCancelled:
      return 499;
    case Code::kUnimplemented:
      return 501;
    case Code::kUnavailable:
      return 503;
    case Code::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

absl::Status MalformedRequest(absl::string_view problem) {
  return Make("MALFORMED_REQUEST", problem);
}

absl::Status MalformedPath() {
  return Make("MALFORMED_PATH",
              "the path has a malformed percent-escape, or does not decode to "
              "UTF-8 without NUL");
}

absl::Status MalformedJson(absl::string_view problem, std::size_t byte) {
  return Make(
      "MALFORMED_JSON",
      absl::StrCat("the body is not JSON: ", problem, " at byte ", byte),
      {{"byte", absl::StrCat(byte)}});
}

absl::Status InvalidRequest(const google::rpc::BadRequest& violations) {
  return InvalidFields(violations, "INVALID_REQUEST");
}

absl::Status InvalidHeader(const google::rpc::BadRequest& violations) {
  return InvalidFields(violations, "INVALID_HEADER");
}

absl::Status InvalidHeader(absl::string_view name, absl::string_view problem) {
  google::rpc::BadRequest violations;
  AddViolation(violations, name, problem);
  return InvalidHeader(violations);
}

absl::Status ApiKeyMissing() {
  return Make("API_KEY_MISSING", "exactly one x-api-key is required");
}

absl::Status CrossSiteRequest() {
  return Make("CROSS_SITE_REQUEST",
              "a page of another site needs an x-api-key");
}

absl::Status PathNotFound() {
  return Make("PATH_NOT_FOUND", "no such path; GET /docs shows all paths");
}

absl::Status DocsNotInstalled() {
  return Make("DOCS_NOT_INSTALLED",
              "the pages of /docs are not installed; /openapi.json is there "
              "without them");
}

absl::Status ConsoleNotInstalled() {
  return Make("CONSOLE_NOT_INSTALLED",
              "the pages of /console are not installed; every call works "
              "without them");
}

absl::Status MethodNotAllowed() {
  return Make("METHOD_NOT_ALLOWED", "the path has no such method");
}

absl::Status RequestTimeout(absl::string_view part) {
  return Make("REQUEST_TIMEOUT",
              absl::StrCat("the request's ", part, " did not arrive in time"));
}

absl::Status EtagMismatch(absl::string_view problem) {
  return Make(kEtagMismatch, problem);
}

absl::Status BodyTooLarge(std::size_t limit) {
  return Make("BODY_TOO_LARGE",
              absl::StrCat("the body must not exceed ", limit, " bytes"));
}

absl::Status TargetTooLong(std::size_t limit) {
  return Make("TARGET_TOO_LONG", absl::StrCat("the request line must not "
                                              "exceed ",
                                              limit, " bytes"));
}

absl::Status UnsupportedMediaType(absl::string_view problem) {
  return Make("UNSUPPORTED_MEDIA_TYPE", problem);
}

absl::Status UnsupportedExpectation() {
  return Make("UNSUPPORTED_EXPECTATION",
              "the only expectation supported is 100-continue");
}

absl::Status HeadersTooLarge(absl::string_view subject, std::size_t limit) {
  return Make("HEADERS_TOO_LARGE",
              absl::StrCat(subject, " must not exceed ", limit, " bytes"));
}

absl::Status MessageTooLarge() {
  return Make("MESSAGE_TOO_LARGE", "the request or its answer is too large");
}

absl::Status CallCancelled() {
  return Make("CALL_CANCELLED", "the client closed the connection");
}

absl::Status GatewayFailure() {
  return Make("GATEWAY_FAILURE", "the gateway failed");
}

absl::Status ServerFailure() {
  return Make("SERVER_FAILURE", "the server failed");
}

absl::Status ResponseNotJson() {
  return Make("RESPONSE_NOT_JSON",
              "the answer has a value that JSON cannot hold");
}

absl::Status MethodUnknown(absl::Span<const absl::string_view> methods) {
  return Make("METHOD_UNKNOWN", absl::StrCat("the method must be one of ",
                                             absl::StrJoin(methods, ", ")));
}

absl::Status TransferCodingUnknown() {
  return Make("TRANSFER_CODING_UNKNOWN",
              "the only transfer coding supported is chunked");
}

absl::Status CallNotOffered() {
  return Make("CALL_NOT_OFFERED", "the server does not offer this call");
}

absl::Status ServerUnreachable(absl::string_view problem) {
  return Make(kServerUnreachable, problem);
}

absl::Status ServerNotServing() {
  return Make("SERVER_NOT_SERVING", "the server is not serving");
}

absl::Status CallInterrupted() {
  return Make("CALL_INTERRUPTED", "the server ended the call; try again");
}

absl::Status TooManyConnections() {
  return Make("TOO_MANY_CONNECTIONS", "too many connections are open");
}

absl::Status TooManyBytesBuffered(absl::string_view problem) {
  return Make("TOO_MANY_BYTES_BUFFERED", problem);
}

absl::Status DeadlineExceeded() {
  return Make("DEADLINE_EXCEEDED", "the server did not answer in time");
}

bool IsServerUnreachable(const absl::Status& status) {
  return Reason(status) == kServerUnreachable;
}

}  // namespace webhooks::gateway
