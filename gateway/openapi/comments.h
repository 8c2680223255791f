#ifndef WEBHOOKS_GATEWAY_OPENAPI_COMMENTS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_COMMENTS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace webhooks::gateway {

// The comments of protos, which linked descriptors do not have. Immutable.
class Comments {
 public:
  // Reads a serialized google.protobuf.FileDescriptorSet, of which it takes the
  // files with source information. INVALID_ARGUMENT: it is not such a set, or
  // no file in it has source information.
  static absl::StatusOr<Comments> Read(absl::string_view descriptor_set);

  // The names of the files with comments, in the order of the set.
  const std::vector<std::string>& files() const { return files_; }

  // Returns the comment before an element of any kind, each paragraph as one
  // line, with an empty line between; "" if there is none.
  template <typename Descriptor>
  std::string Of(const Descriptor& element) const {
    return Find(element.full_name());
  }

 private:
  std::string Find(const std::string& full_name) const;

  std::vector<std::string> files_;
  absl::flat_hash_map<std::string, std::string> comments_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_COMMENTS_H_
