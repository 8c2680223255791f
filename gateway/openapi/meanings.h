#ifndef WEBHOOKS_GATEWAY_OPENAPI_MEANINGS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_MEANINGS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/openapi/comments.h"
#include "google/protobuf/descriptor.h"
#include "webhooks/v1/options.pb.h"

namespace webhooks::gateway {

// The meaning of a field: its description for REST clients, and the values that
// it has.
struct Meaning {
  std::string text;
  v1::Values values;
};

// The failures of calls: the descriptions by code. A code may have several
// causes.
using Failures = std::multimap<absl::StatusCode, std::string>;

// The meanings of the elements of protos, for REST clients: their comments,
// unless the options rest_comment and rest_summary replace them. "Same as
// Message.field" at the beginning of a field's comment stands for the comment
// of that field, and for its values (options.proto) as well. "Unset" and
// "Empty" at the beginning of a sentence become the JSON that stands for it.
// `comments` must outlive this object.
class Meanings {
 public:
  explicit Meanings(const Comments& comments) : comments_(comments) {}

  const Comments& comments() const { return comments_; }

  Meaning Of(const google::protobuf::FieldDescriptor* field) const;

  // Returns the description of a service.
  std::string Of(const google::protobuf::ServiceDescriptor& service) const;

  // Returns true if the field has an example of its own, not taken from another
  // field.
  static bool HasExample(const google::protobuf::FieldDescriptor* field);

  // Returns the failures of `method`, including those of its service, from the
  // options.
  static Failures FailuresOf(const google::protobuf::MethodDescriptor* method);

 private:
  const Comments& comments_;
};

// Returns the status code with this name ("NOT_FOUND") except OK; nullopt if
// there is none.
std::optional<absl::StatusCode> CodeOf(absl::string_view name);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_MEANINGS_H_
