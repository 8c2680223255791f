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

// Converts requests from JSON over HTTP to protobuf, and answers back, by
// descriptors alone. Functions are thread-safe.
namespace webhooks::gateway {

// Parses one request, its body in parts, so that a thread can do other work
// between them.
class RequestParser {
 public:
  // Parses the path values and the query (the part after '?', percent-encoded)
  // of a request for `binding`, which must outlive this. An empty body counts
  // as absent: it sets no field, and its required keys are missing.
  RequestParser(const Binding& binding,
                const std::vector<PathValue>& path_values,
                absl::string_view query, std::string body);
  ~RequestParser();

  // Parses the next `max_bytes` of the body. Returns false at the end.
  bool ReadSome(std::size_t max_bytes);

  // Returns the message, after ReadSome has returned false. INVALID_ARGUMENT:
  // INVALID_REQUEST with a google.rpc.BadRequest that lists the violations
  // (unknown and duplicate keys, wrong types, missing keys, ...) with their
  // paths, or MALFORMED_JSON with the offset at which the body stops being JSON
  // (metadata "byte"). Parsing stops at the last violation that is listed.
  // Paths begin at the request message: with body: "part" they are "part.name".
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Take();

 private:
  void ReadWithoutBody();

  const Binding& binding_;
  const std::string body_;
  // The size of the parsed part of `body_`.
  std::size_t read_ = 0;
  std::unique_ptr<google::protobuf::Message> request_;
  Violations violations_;
  JsonReader reader_;
  absl::Status status_;
};

// Parses a request at once.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ReadRequest(
    const Binding& binding, const std::vector<PathValue>& path_values,
    absl::string_view query, absl::string_view body);

// Returns the body of an answer as compact JSON, with the names of the proto
// (or its json_name), in the order of the field numbers, and maps in the order
// of their keys. Fields without presence are always printed; unset fields are
// null if nullable, else left out; 64-bit integers are strings. INTERNAL
// (RESPONSE_NOT_JSON): a value has no JSON (invalid UTF-8, a Timestamp out of
// range).
absl::StatusOr<std::string> WriteResponse(
    const Binding& binding, const google::protobuf::Message& response);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_TRANSCODER_H_
