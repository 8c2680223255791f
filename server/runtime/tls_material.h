#ifndef WEBHOOKS_SERVER_RUNTIME_TLS_MATERIAL_H_
#define WEBHOOKS_SERVER_RUNTIME_TLS_MATERIAL_H_

#include <openssl/ssl.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace webhooks {

// The PEM files of one side of TLS; "" for none.
struct TlsFiles {
  // The certificate, followed by the intermediate ones.
  std::string certificate;
  // The private key of the certificate, not encrypted.
  std::string key;
  // The certificate authorities that are trusted for the other side.
  std::string authorities;
};

// The contents of TlsFiles.
struct TlsMaterial {
  std::string certificate;
  std::string key;
  std::string authorities;

  bool operator==(const TlsMaterial&) const = default;
};

// Returns true if there are files for TLS.
inline bool WantsTls(const TlsFiles& files) {
  return !files.certificate.empty() || !files.key.empty() ||
         !files.authorities.empty();
}

// Returns "plaintext", "TLS" or, if both sides have certificates, "mTLS".
absl::string_view TlsMode(const TlsFiles& files);

// Returns OK if `files`, named by --tls_cert, --tls_key and --tls_client_ca,
// are all that a listener needs. INVALID_ARGUMENT names the missing flag.
absl::Status CheckListenerFlags(const TlsFiles& files);

// Does the same for a client, whose flags are --<prefix>_cert, _key and _ca.
absl::Status CheckClientFlags(const TlsFiles& files, absl::string_view prefix);

// Returns the contents of the files, unchanged. Fails as ReadSmallFile.
absl::StatusOr<TlsMaterial> ReadTlsFiles(const TlsFiles& files);

// Returns OK if `material` can be used: OpenSSL can parse everything and finds
// it strong enough, and the key fits the certificate. INVALID_ARGUMENT names
// the file of `files` with the error.
absl::Status CheckTls(const TlsMaterial& material, const TlsFiles& files);

// The time in which a certificate is valid.
struct ValidTime {
  absl::Time begin;
  absl::Time end;
};

// Returns the validity of the first certificate. `material` must have passed
// CheckTls. INVALID_ARGUMENT if the times are malformed.
absl::StatusOr<ValidTime> TimeOfCertificate(const TlsMaterial& material);

// Returns the time at which the last of the authorities expires; nullopt if
// there are none. `material` must have passed CheckTls.
std::optional<absl::Time> EndOfAuthorities(const TlsMaterial& material);

// Returns OK if the certificate is valid at `now`, or there is none; else
// FAILED_PRECONDITION with its file and validity.
absl::Status CheckTime(const TlsMaterial& material, const TlsFiles& files,
                       absl::Time now);

// Returns a time as "2026-11-23T19:56:26Z".
std::string TimeText(absl::Time time);

// Sets the certificate, key and authorities of `context`. `material` must have
// passed CheckTls. Returns false if OpenSSL refuses them.
bool UseTls(const TlsMaterial& material, SSL_CTX& context);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_TLS_MATERIAL_H_
