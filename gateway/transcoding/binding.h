#ifndef WEBHOOKS_GATEWAY_TRANSCODING_BINDING_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_BINDING_H_

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace webhooks::gateway {

// The path `a.b.c` of a field in a request message, as descriptors.
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
  // The template of the annotation, for log lines ("/webhooks/{id}").
  std::string path_template;
  // The option success_status, or 200.
  int success_status = 200;
  // The option max_body_bytes; 0: not set.
  std::size_t max_body_bytes = 0;
  // True if requests have a body. It goes into `body_field`, or into the whole
  // message if that is null (body: "*"). False: a body must be absent or empty.
  bool has_body = false;
  const google::protobuf::FieldDescriptor* body_field = nullptr;
  // The field of the answer that becomes the body; null: the whole message.
  const google::protobuf::FieldDescriptor* response_field = nullptr;
  // The fields that the path fills. The query and body must not fill them.
  std::vector<FieldPath> path_fields;
  // The fields of the request and the answer that are HTTP headers.
  std::vector<HeaderField> request_headers;
  std::vector<HeaderField> response_headers;
  // The field next_page_token of the answer of a paged list (AIP-158), whose
  // request has a page_token; else null.
  const google::protobuf::FieldDescriptor* next_page_token = nullptr;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_BINDING_H_
