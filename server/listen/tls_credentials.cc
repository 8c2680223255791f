#include "server/listen/tls_credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <openssl/ssl.h>

#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace webhooks::server {
namespace {

// Called by OpenSSL for each handshake.
void PreferOwnCiphers(void* session, void*, CRYPTO_EX_DATA*, int, long, void*) {
  SSL_set_options(static_cast<SSL*>(session), SSL_OP_CIPHER_SERVER_PREFERENCE);
}

// Makes the server choose the cipher. gRPC has no such setting and does not
// expose its contexts, so this applies to every session of the process; it has
// no effect on clients.
void PreferOwnCiphersEverywhere() {
  static const int index =
      SSL_get_ex_new_index(0, nullptr, &PreferOwnCiphers, nullptr, nullptr);
  static_cast<void>(index);
}

// Only the C interface of gRPC has credentials that fetch the certificate at
// each handshake.
class WatchedCredentials final : public grpc::ServerCredentials {
 public:
  explicit WatchedCredentials(const TlsWatch& watch)
      : watch_(watch),
        credentials_(grpc_ssl_server_credentials_create_with_options(
            grpc_ssl_server_credentials_create_options_using_config_fetcher(
                watch.has_authorities()
                    ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                    : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE,
                &Fetch, this))) {}

  ~WatchedCredentials() override {
    grpc_server_credentials_release(credentials_);
  }

  // API keys are read by each call that needs them.
  void SetAuthMetadataProcessor(
      const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address,
                      grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  static grpc_ssl_certificate_config_reload_status Fetch(
      void* self, grpc_ssl_server_certificate_config** config) {
    return static_cast<WatchedCredentials*>(self)->FetchIfNew(config);
  }

  grpc_ssl_certificate_config_reload_status FetchIfNew(
      grpc_ssl_server_certificate_config** config) {
    std::shared_ptr<const TlsMaterial> current = watch_.current();
    absl::MutexLock lock(&mutex_);
    if (current == given_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    given_ = std::move(current);
    const grpc_ssl_pem_key_cert_pair pair = {given_->key.c_str(),
                                             given_->certificate.c_str()};
    // gRPC requires authorities even if no certificate is verified.
    const std::string& authorities =
        watch_.has_authorities() ? given_->authorities : given_->certificate;
    *config = grpc_ssl_server_certificate_config_create(authorities.c_str(),
                                                        &pair, 1);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  const TlsWatch& watch_;
  absl::Mutex mutex_;
  std::shared_ptr<const TlsMaterial> given_ ABSL_GUARDED_BY(mutex_);
  grpc_server_credentials* const credentials_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> MakeTlsCredentials(
    const TlsWatch& watch) {
  PreferOwnCiphersEverywhere();
  return std::make_shared<WatchedCredentials>(watch);
}

}  // namespace webhooks::server
