#include "server/signing/standard_signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace webhooks::server {

std::string SignedContent(absl::string_view id, absl::Time time,
                          absl::string_view body) {
  return absl::StrCat(id, ".", absl::ToUnixSeconds(time), ".", body);
}

std::string StandardSignature(absl::string_view content,
                              absl::string_view secret) {
  std::string key;
  if (!absl::ConsumePrefix(&secret, "whsec_") ||
      !absl::Base64Unescape(secret, &key)) {
    return "";
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(content.data()), content.size(),
       digest, &size);
  return absl::StrCat("v1,", absl::Base64Escape(absl::string_view(
                                 reinterpret_cast<const char*>(digest), size)));
}

}  // namespace webhooks::server
