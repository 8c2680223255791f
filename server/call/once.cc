#include "server/call/once.h"

#include <openssl/sha.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "server/call/stable_bytes.h"
#include "webhooks/v1/options.pb.h"

namespace webhooks::server {
namespace {

// Separates the parts of a digest's input, which do not contain it.
constexpr char kSeparator = '\n';

Digest DigestOf(absl::string_view text) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         digest.data());
  return digest;
}

// Clears the flags with the option true_if_null. A request with such a flag
// means the same as one with an empty field, which older gateways send.
void ClearNullFlags(google::protobuf::Message& request) {
  const auto* type = request.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->options().HasExtension(v1::true_if_null)) {
      request.GetReflection()->ClearField(&request, type->field(i));
    }
  }
}

std::string StableBytes(const google::protobuf::Message& message) {
  std::string bytes;
  WriteStably(message, bytes);
  return bytes;
}

}  // namespace

std::optional<Idempotency> IdempotencyOf(
    const std::string& project, absl::string_view rpc,
    const google::protobuf::Message& request, absl::Time now) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  const auto* reflection = request.GetReflection();
  const std::string id = reflection->GetString(request, field);
  if (id.empty()) return std::nullopt;
  const std::unique_ptr<google::protobuf::Message> rest(request.New());
  rest->CopyFrom(request);
  reflection->ClearField(rest.get(), field);
  ClearNullFlags(*rest);
  return Idempotency{
      DigestOf(absl::StrCat(project, std::string(1, kSeparator), id)),
      DigestOf(
          absl::StrCat(rpc, std::string(1, kSeparator), StableBytes(*rest))),
      project, now};
}

}  // namespace webhooks::server
