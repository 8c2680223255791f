#ifndef WEBHOOKS_TESTS_SUPPORT_CERTIFICATES_H_
#define WEBHOOKS_TESTS_SUPPORT_CERTIFICATES_H_

#include <string>

namespace webhooks::testing {

// A new self-signed certificate and its key, in PEM.
struct TestCertificate {
  std::string certificate;
  std::string key;
};

// Creates one for `common_name` ("" for none) and the subjectAltName
// `alternative_names` ("DNS:a,URI:b", "" for none).
TestCertificate MakeCertificate(const std::string& common_name,
                                const std::string& alternative_names);

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_CERTIFICATES_H_
