#ifndef WEBHOOKS_GATEWAY_TRANSCODING_VIOLATIONS_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_VIOLATIONS_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"

namespace webhooks::gateway {

// The violations of a request. Keeps the first 100, and at most 256 bytes of
// each path, to bound the size of an answer.
class Violations {
 public:
  static constexpr int kMaxCount = 100;
  static constexpr size_t kMaxPathSize = 256;

  // `description` continues the field's name: "must be a string".
  void Add(absl::string_view path, absl::string_view description);

  // Returns true if another violation would be kept.
  bool HasRoom() const { return list_.field_violations_size() < kMaxCount; }
  bool empty() const { return list_.field_violations_size() == 0; }

  // Returns INVALID_ARGUMENT (INVALID_REQUEST) with all violations; OK if there
  // are none.
  absl::Status ToStatus() const;

 private:
  google::rpc::BadRequest list_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_VIOLATIONS_H_
