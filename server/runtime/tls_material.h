#ifndef WEBHOOKS_SERVER_RUNTIME_TLS_MATERIAL_H_
#define WEBHOOKS_SERVER_RUNTIME_TLS_MATERIAL_H_

#include <openssl/ssl.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace webhooks {

// The files that one side of TLS goes by, in PEM; "" where there is none.
struct TlsFiles {
  // Its own certificate, and those between that one and the authority.
  std::string certificate;
  // The private key of it, not encrypted.
  std::string key;
  // The authorities that the other side's certificate must be from.
  std::string authorities;
};

// The contents of TlsFiles.
struct TlsMaterial {
  std::string certificate;
  std::string key;
  std::string authorities;

  bool operator==(const TlsMaterial&) const = default;
};

// Returns true if TLS is wanted at all.
inline bool WantsTls(const TlsFiles& files) {
  return !files.certificate.empty() || !files.key.empty() ||
         !files.authorities.empty();
}

// Returns OK if a listener can do TLS with `files`, which --tls_cert, --tls_key
// and --tls_client_ca name. INVALID_ARGUMENT names the flag that is missing.
absl::Status CheckListenerFlags(const TlsFiles& files);

// Does the same as CheckListenerFlags for a client, whose flags are
// --<prefix>_cert, _key and _ca.
absl::Status CheckClientFlags(const TlsFiles& files, absl::string_view prefix);

// Returns the contents of the files, unchanged. Fails as ReadSmallFile.
absl::StatusOr<TlsMaterial> ReadTlsFiles(const TlsFiles& files);

// Returns OK if TLS can be done with `material`: everything can be read, is
// strong enough for OpenSSL, and the key is the certificate's. INVALID_ARGUMENT
// names the one of `files` that is to blame.
absl::Status CheckTls(const TlsMaterial& material, const TlsFiles& files);

// When the first certificate of `material` is valid.
struct ValidTime {
  absl::Time begin;
  absl::Time end;
};

// Of what CheckTls has found good. INVALID_ARGUMENT: its times are none.
absl::StatusOr<ValidTime> TimeOfCertificate(const TlsMaterial& material);

// Returns OK if the certificate is valid at `now`, or there is none.
// FAILED_PRECONDITION names its file and says when it is.
absl::Status CheckTime(const TlsMaterial& material, const TlsFiles& files,
                       absl::Time now);

// "2026-11-23T19:56:26Z"
std::string TimeText(absl::Time time);

// Gives `context` what CheckTls has found good: its certificate and key, and
// the authorities to check the other side by. False: OpenSSL refuses it.
bool UseTls(const TlsMaterial& material, SSL_CTX& context);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_TLS_MATERIAL_H_
