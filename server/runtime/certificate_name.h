#ifndef WEBHOOKS_SERVER_RUNTIME_CERTIFICATE_NAME_H_
#define WEBHOOKS_SERVER_RUNTIME_CERTIFICATE_NAME_H_

#include <openssl/x509.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// The name that identifies a client's certificate.
namespace webhooks {

// The names in a certificate, in its order.
struct CertificateNames {
  std::vector<std::string> uris;  // subjectAltName
  std::vector<std::string> dns;   // subjectAltName
  std::string common_name;
};

// Returns true for 1 to 255 visible ASCII characters.
bool IsCertificateName(absl::string_view text);

// Returns the first URI, else the first DNS name, else the common name; "" if
// that is not a valid name, or is a DNS or common name that looks like a URI
// (contains "://").
std::string NameOf(const CertificateNames& names);

// Does the same for a certificate; "" for null.
std::string NameOf(const X509* certificate);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_CERTIFICATE_NAME_H_
