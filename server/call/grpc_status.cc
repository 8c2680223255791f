#include "server/call/grpc_status.h"

#include <cstddef>
#include <string>

#include "proto/rpc/status.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kMaxMessage = 1024;

// The details are sent in base64 and include the message. The message is also
// sent percent-encoded, at most three times as long: 4/3 of this and 3 KiB are
// less than 8 KiB.
constexpr std::size_t kMaxDetails = 3072;

// Cuts `text` to at most `size` bytes, not inside a UTF-8 sequence.
void Truncate(std::string& text, std::size_t size) {
  if (text.size() <= size) return;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) {
    --size;
  }
  text.resize(size);
}

// Halves the lists of violations until the details fit; removes all details if
// that is not enough.
void FitDetails(google::rpc::Status& rpc) {
  for (auto& detail : *rpc.mutable_details()) {
    google::rpc::BadRequest request;
    if (!detail.Is<google::rpc::BadRequest>() || !detail.UnpackTo(&request)) {
      continue;
    }
    auto& violations = *request.mutable_field_violations();
    while (violations.size() > 1 && rpc.ByteSizeLong() > kMaxDetails) {
      const int keep = violations.size() / 2;
      violations.DeleteSubrange(keep, violations.size() - keep);
      detail.PackFrom(request);
    }
  }
  if (rpc.ByteSizeLong() > kMaxDetails) rpc.clear_details();
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status rpc = ToRpcStatus(status);
  Truncate(*rpc.mutable_message(), kMaxMessage);
  FitDetails(rpc);
  return grpc::Status(static_cast<grpc::StatusCode>(rpc.code()), rpc.message(),
                      rpc.SerializeAsString());
}

}  // namespace webhooks::server
