#ifndef WEBHOOKS_GATEWAY_TRANSCODING_PARAMETER_READER_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_PARAMETER_READER_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/transcoding/binding.h"
#include "gateway/transcoding/message_plan.h"
#include "gateway/transcoding/violations.h"
#include "google/protobuf/message.h"

namespace webhooks::gateway {

// Fills the part of a request message that is not in the body: first from the
// path, then from the query.
class ParameterReader {
 public:
  // All arguments must outlive the reader.
  ParameterReader(const Binding& binding, google::protobuf::Message& request,
                  Violations& violations)
      : binding_(binding), request_(request), violations_(violations) {}

  void ReadPath(const std::vector<PathValue>& values);

  // `query` is percent-encoded, without its '?'.
  void ReadQuery(absl::string_view query);

  // Reports required keys outside of the body that were not given. Call it
  // after the other two.
  void CheckRequiredKeys();

 private:
  void ReadParameter(absl::string_view parameter);
  bool Resolve(absl::string_view name, FieldPath& path);
  bool MarkGiven(const FieldPath& path);
  void Set(const FieldPath& path, absl::string_view text);
  bool Claim(const google::protobuf::Message& message,
             const google::protobuf::FieldDescriptor* field,
             const FieldPath& path);
  void CheckRequiredKeys(const MessagePlan& plan, FieldPath& prefix);
  bool IsGiven(const FieldPath& prefix) const;

  const Binding& binding_;
  google::protobuf::Message& request_;
  Violations& violations_;
  std::vector<FieldPath> given_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_PARAMETER_READER_H_
