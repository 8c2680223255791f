#include "storage/derived_id.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"

namespace webhooks {

Uuid MakeDerivedId(absl::Time time, absl::string_view cause,
                   absl::string_view target) {
  const std::string text = absl::StrCat(cause, "\n", target);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         digest);
  std::array<std::uint8_t, 10> random;
  std::copy_n(digest, random.size(), random.begin());
  return MakeUuidV7(time, random);
}

}  // namespace webhooks
