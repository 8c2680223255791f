#include "server/runtime/certificate_name.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <cstddef>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace webhooks {
namespace {

constexpr std::size_t kMaxName = 255;

std::string Text(const ASN1_STRING* text) {
  const unsigned char* bytes = ASN1_STRING_get0_data(text);
  return {bytes, bytes + ASN1_STRING_length(text)};
}

void ReadAlternativeNames(const X509* certificate, CertificateNames& names) {
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> found(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(
          certificate, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free);
  for (int i = 0; i < sk_GENERAL_NAME_num(found.get()); ++i) {
    int type = 0;
    const void* const value =
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(found.get(), i), &type);
    if (type == GEN_URI) {
      names.uris.push_back(Text(static_cast<const ASN1_STRING*>(value)));
    } else if (type == GEN_DNS) {
      names.dns.push_back(Text(static_cast<const ASN1_STRING*>(value)));
    }
  }
}

std::string CommonName(const X509* certificate) {
  const X509_NAME* const subject = X509_get_subject_name(certificate);
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index < 0) return "";
  unsigned char* bytes = nullptr;
  const int size = ASN1_STRING_to_UTF8(
      &bytes, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
  if (size < 0) return "";
  std::string name(bytes, bytes + size);
  OPENSSL_free(bytes);
  return name;
}

}  // namespace

bool IsCertificateName(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxName &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isgraph(c); });
}

std::string NameOf(const CertificateNames& names) {
  const bool has_uri = !names.uris.empty();
  const std::string& name = has_uri              ? names.uris.front()
                            : !names.dns.empty() ? names.dns.front()
                                                 : names.common_name;
  if (!IsCertificateName(name)) return "";
  return has_uri || !absl::StrContains(name, "://") ? name : "";
}

std::string NameOf(const X509* certificate) {
  if (certificate == nullptr) return "";
  CertificateNames names;
  ReadAlternativeNames(certificate, names);
  names.common_name = CommonName(certificate);
  return NameOf(names);
}

}  // namespace webhooks
