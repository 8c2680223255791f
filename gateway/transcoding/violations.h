#ifndef WEBHOOKS_GATEWAY_TRANSCODING_VIOLATIONS_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_VIOLATIONS_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"

namespace webhooks::gateway {

// The violations of a request. Keeps the first 100 of them, and at most 256
// bytes of each path, so that an answer stays small whatever was sent.
class Violations {
 public:
  static constexpr int kMaxCount = 100;
  static constexpr size_t kMaxPathSize = 256;

  // `description` continues the field's name: "must be a string".
  void Add(absl::string_view path, absl::string_view description);

  // Returns true if another violation would be kept.
  bool HasRoom() const { return list_.field_violations_size() < kMaxCount; }
  bool empty() const { return list_.field_violations_size() == 0; }

  // INVALID_ARGUMENT with all of them, reason INVALID_REQUEST; OK where there
  // are none.
  absl::Status ToStatus() const;

 private:
  google::rpc::BadRequest list_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_VIOLATIONS_H_
