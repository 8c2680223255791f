#include "server/signing/panora_signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "absl/strings/escaping.h"
#include "server/signing/js_json.h"

namespace webhooks::server {

std::optional<std::string> PanoraSignature(absl::string_view payload,
                                           absl::string_view secret) {
  const std::optional<std::string> data = JsMember(payload, "data");
  if (!data) return std::nullopt;
  unsigned char digest[SHA256_DIGEST_LENGTH];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(data->data()), data->size(),
       digest, &size);
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest), size});
}

bool VerifyPanoraSignature(absl::string_view payload, absl::string_view secret,
                           absl::string_view signature) {
  const std::optional<std::string> expected = PanoraSignature(payload, secret);
  return expected && expected->size() == signature.size() &&
         CRYPTO_memcmp(expected->data(), signature.data(), signature.size()) ==
             0;
}

}  // namespace webhooks::server
