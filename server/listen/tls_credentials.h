#ifndef WEBHOOKS_SERVER_LISTEN_TLS_CREDENTIALS_H_
#define WEBHOOKS_SERVER_LISTEN_TLS_CREDENTIALS_H_

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "server/runtime/tls_watch.h"

namespace webhooks::server {

// Returns the credentials of a listener: TLS 1.2 and 1.3, with the certificate
// that `watch` has at each handshake. If `watch` has certificate authorities,
// clients must have a certificate of one of them. `watch` must outlive the
// credentials.
//
// gRPC's FileWatcherCertificateProvider does not check that a key fits its
// certificate: a wrong pair would fail all handshakes until it is replaced.
std::shared_ptr<grpc::ServerCredentials> MakeTlsCredentials(
    const TlsWatch& watch);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_TLS_CREDENTIALS_H_
