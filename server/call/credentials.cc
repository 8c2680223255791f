#include "server/call/credentials.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/server_context.h>

#include <vector>

#include "server/call/call_record.h"
#include "server/runtime/certificate_name.h"
#include "server/runtime/client_address.h"
#include "server/runtime/metadata.h"

namespace webhooks::server {
namespace {

std::vector<std::string> Values(const grpc::AuthContext& context,
                                const char* name) {
  std::vector<std::string> values;
  for (const grpc::string_ref& value : context.FindPropertyValues(name)) {
    values.emplace_back(value.data(), value.size());
  }
  return values;
}

// gRPC sets these properties only for a certificate that it has verified.
std::string PeerCertificate(const grpc::AuthContext& context) {
  CertificateNames names;
  names.uris = Values(context, GRPC_PEER_URI_PROPERTY_NAME);
  names.dns = Values(context, GRPC_PEER_DNS_PROPERTY_NAME);
  std::vector<std::string> common = Values(context, GRPC_X509_CN_PROPERTY_NAME);
  if (!common.empty()) names.common_name = std::move(common.front());
  return NameOf(names);
}

}  // namespace

Credentials ReadCredentials(const grpc::ServerContextBase& context) {
  Credentials credentials;
  credentials.has_key = context.client_metadata().count(kApiKeyMetadata) > 0;
  credentials.key = SingleEntry(context, kApiKeyMetadata);
  credentials.has_project =
      context.client_metadata().count(kProjectMetadata) > 0;
  credentials.project = SingleEntry(context, kProjectMetadata);
  credentials.address = ClientAddressOfPeer(context.peer());
  credentials.forwarded_address =
      std::string(SingleEntry(context, kClientAddressMetadata));
  if (const auto connection = context.auth_context()) {
    credentials.certificate = PeerCertificate(*connection);
  }
  credentials.forwarded_certificate =
      std::string(SingleEntry(context, kClientCertificateMetadata));
  return credentials;
}

bool IsOfGateway(const grpc::ServerContextBase& context) {
  return context.client_metadata().count(kClientAddressMetadata) > 0;
}

}  // namespace webhooks::server
