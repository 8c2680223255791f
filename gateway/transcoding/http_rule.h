#ifndef WEBHOOKS_GATEWAY_TRANSCODING_HTTP_RULE_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_HTTP_RULE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/transcoding/binding.h"
#include "gateway/transcoding/path_template.h"
#include "google/protobuf/descriptor.h"

namespace webhooks::gateway {

// One google.api.http binding with its method and path.
struct Route {
  // "GET", or "*" for every method.
  std::string http_method;
  PathTemplate path;
  // path_fields has the order of the path's variables.
  Binding binding;
};

// Returns all bindings of `method`, additional_bindings last; empty without an
// annotation. INVALID_ARGUMENT names the RPC and the problem of a rule.
absl::StatusOr<std::vector<Route>> ReadHttpRules(
    const google::protobuf::MethodDescriptor* method);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_HTTP_RULE_H_
