#ifndef WEBHOOKS_SERVER_RUNTIME_CERTIFICATE_NAME_H_
#define WEBHOOKS_SERVER_RUNTIME_CERTIFICATE_NAME_H_

#include <openssl/x509.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// The one name that a client's certificate goes by.
namespace webhooks {

// The names that a certificate gives its owner, in its order.
struct CertificateNames {
  std::vector<std::string> uris;  // subjectAltName
  std::vector<std::string> dns;   // subjectAltName
  std::string common_name;
};

// Returns true if `text` can be such a name: 1 to 255 visible ASCII characters.
bool IsCertificateName(absl::string_view text);

// The first URI; else the first DNS name; else the common name. "": that one is
// no name, or a DNS or common name that could be taken for a URI ("://").
std::string NameOf(const CertificateNames& names);

// Does the same; "" for no certificate.
std::string NameOf(const X509* certificate);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_CERTIFICATE_NAME_H_
