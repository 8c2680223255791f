#ifndef WEBHOOKS_GATEWAY_TRANSCODING_TRANSCODER_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_TRANSCODER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/binding.h"
#include "google/protobuf/message.h"

// JSON over HTTP to protobuf and back, by descriptors alone. Stateless and
// thread-safe.
namespace webhooks::gateway {

// What was read of a request.
struct ParsedRequest {
  // The request message; with whatever could be read where there are
  // violations. Null where the body is not JSON at all.
  std::unique_ptr<google::protobuf::Message> message;
  // INVALID_ARGUMENT with google.rpc.BadRequest that lists every violation
  // found (unknown and duplicate keys, wrong types, missing keys, ...) with its
  // path, reason INVALID_REQUEST; or, where the body is not JSON at all, with
  // the place where it stops being JSON (metadata "byte"), reason
  // MALFORMED_JSON. Paths begin at the request message: with body: "part" they
  // are "part.name".
  absl::Status status;
};

// Reads the request message of `binding` from its path values, query (the part
// after '?', percent-encoded) and body. An empty body counts as an absent one:
// no field is set, and required keys are missed only if the body is not
// optional for the RPC, that is, if any are marked required_key. What a value
// that offends leaves behind is unspecified, but where it is an element of a
// list, those after it keep their indexes.
ParsedRequest ReadRequest(const Binding& binding,
                          const std::vector<PathValue>& path_values,
                          absl::string_view query, absl::string_view body);

// The answer's body: compact JSON with names as in the proto (a json_name where
// it gives one), in the order of the field numbers, maps in that of their keys,
// every field without presence printed, a nullable one that is not set as null,
// other unset ones left out, 64-bit integers as strings. INTERNAL, reason
// RESPONSE_NOT_JSON: a value that JSON cannot hold (invalid UTF-8, a Timestamp
// out of range, an Any of an unknown type).
absl::StatusOr<std::string> WriteResponse(
    const Binding& binding, const google::protobuf::Message& response);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_TRANSCODER_H_
