#include "server/signing/standard_signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
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

std::optional<HeaderProblem> FindSignatureProblem(
    const StandardHeaders& headers, absl::string_view body,
    absl::string_view secret, absl::Time now) {
  using Header = HeaderProblem::Header;
  std::int64_t seconds = 0;
  if (!absl::SimpleAtoi(headers.timestamp, &seconds)) {
    return HeaderProblem{Header::kTimestamp,
                         "must be the seconds since 1970, as in the header"};
  }
  const absl::Time time = absl::FromUnixSeconds(seconds);
  const std::string expected =
      StandardSignature(SignedContent(headers.id, time, body), secret);
  bool matches = false;
  for (const absl::string_view given :
       absl::StrSplit(headers.signatures, ' ')) {
    matches |= given.size() == expected.size() && !expected.empty() &&
               CRYPTO_memcmp(given.data(), expected.data(), given.size()) == 0;
  }
  if (!matches) {
    return HeaderProblem{Header::kSignatures,
                         "has no signature of this id, time and body by the "
                         "secret; the body must have the same bytes as were "
                         "received"};
  }
  if (absl::AbsDuration(now - time) > kSignatureTolerance) {
    return HeaderProblem{Header::kTimestamp,
                         "is more than five minutes from now; the signature "
                         "itself is right"};
  }
  return std::nullopt;
}

}  // namespace webhooks::server
