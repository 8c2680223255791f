#ifndef WEBHOOKS_TESTS_SUPPORT_SECRET_KEYS_H_
#define WEBHOOKS_TESTS_SUPPORT_SECRET_KEYS_H_

#include <cstdint>
#include <utility>

#include "storage/sealing/secret_key.h"

namespace webhooks::testing {

// Returns a key for tests; a different `name` gives a different key.
inline SecretKey TestKey(std::uint8_t name = 1) {
  SecretKey key;
  key.bytes.fill(name);
  return key;
}

// Returns a source of `keys`.
inline SecretKeySource Always(SecretKeys keys = {TestKey()}) {
  return [keys = std::move(keys)](bool) { return keys; };
}

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_SECRET_KEYS_H_
