#ifndef WEBHOOKS_SERVER_LISTEN_TLS_CREDENTIALS_H_
#define WEBHOOKS_SERVER_LISTEN_TLS_CREDENTIALS_H_

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "server/runtime/tls_watch.h"

namespace webhooks::server {

// Credentials of one listener: TLS 1.2 and 1.3, by what `watch` has when a
// connection begins; connections go on with what they began with. Where `watch`
// has authorities, clients must show a certificate of theirs. `watch` must
// outlive them.
//
// gRPC's own FileWatcherCertificateProvider takes a pair as it finds it, and
// one that does not fit ends all handshakes until the next.
std::shared_ptr<grpc::ServerCredentials> MakeTlsCredentials(
    const TlsWatch& watch);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_TLS_CREDENTIALS_H_
