#ifndef WEBHOOKS_GATEWAY_TRANSCODING_BINDING_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_BINDING_H_

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace webhooks::gateway {

// A field reached from a request message: `a.b.c` as its descriptors.
using FieldPath = std::vector<const google::protobuf::FieldDescriptor*>;

// A field of a message that is an HTTP header.
struct HeaderField {
  std::string header;
  FieldPath field;
};

// The value of one path variable or header of a request, decoded.
struct PathValue {
  const FieldPath* field;
  std::string value;
};

// One google.api.http binding of one RPC.
struct Binding {
  const google::protobuf::MethodDescriptor* method;
  // "/webhooks.v1.WebhookService/Create"
  std::string rpc_path;
  // The template as in the annotation, for log lines ("/webhooks/{id}").
  std::string path_template;
  // The HTTP status of a success: the option success_status, or 200.
  int success_status = 200;
  // The option max_body_bytes; 0: not set.
  std::size_t max_body_bytes = 0;
  // True if the request's body is read, into the field below; a null field with
  // `has_body` is body: "*". Not `has_body`: a request must have no body, or an
  // empty one.
  bool has_body = false;
  const google::protobuf::FieldDescriptor* body_field = nullptr;
  // The field of the answer that becomes the body; null: all of the answer.
  const google::protobuf::FieldDescriptor* response_field = nullptr;
  // The fields that the path fills: the query and body may not.
  std::vector<FieldPath> path_fields;
  // The fields that are HTTP headers: of the request, and of the answer.
  std::vector<HeaderField> request_headers;
  std::vector<HeaderField> response_headers;
  // The field next_page_token of the answer, if this is a list with pages
  // (AIP-158); else null. The request then has a field page_token.
  const google::protobuf::FieldDescriptor* next_page_token = nullptr;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_BINDING_H_
