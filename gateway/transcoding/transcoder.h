#ifndef WEBHOOKS_GATEWAY_TRANSCODING_TRANSCODER_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_TRANSCODER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/binding.h"
#include "gateway/transcoding/json_reader.h"
#include "gateway/transcoding/violations.h"
#include "google/protobuf/message.h"

// JSON over HTTP to protobuf and back, by descriptors alone. Functions
// are thread-safe.
namespace webhooks::gateway {

// Reads one request message, its body in parts, so that a thread can do others'
// work between them.
class RequestParser {
 public:
  // Reads the path values and the query (the part after '?', percent-encoded)
  // of a request of `binding`, which must outlive this. An empty body counts as
  // an absent one: no field is set, and required keys are missed only if the
  // body is not optional for the RPC, that is, if any are marked required_key.
  RequestParser(const Binding& binding,
                const std::vector<PathValue>& path_values,
                absl::string_view query, std::string body);
  ~RequestParser();

  // Reads up to `max_bytes` more of the body. False: there is no need to call
  // it again.
  bool ReadSome(std::size_t max_bytes);

  // Once ReadSome returned false: the message. INVALID_ARGUMENT with
  // google.rpc.BadRequest that lists the violations found (unknown and
  // duplicate keys, wrong types, missing keys, ...) with their paths, reason
  // INVALID_REQUEST; or, where the body is not JSON at all, with the place
  // where it stops being JSON (metadata "byte"), reason MALFORMED_JSON. What
  // follows the last violation that is listed is not read. Paths begin at the
  // request message: with body: "part" they are "part.name".
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Take();

 private:
  void ReadWithoutBody();

  const Binding& binding_;
  const std::string body_;
  // The part of `body_` that was read.
  std::size_t read_ = 0;
  std::unique_ptr<google::protobuf::Message> request_;
  Violations violations_;
  JsonReader reader_;
  absl::Status status_;
};

// All of a request at once.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ReadRequest(
    const Binding& binding, const std::vector<PathValue>& path_values,
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
