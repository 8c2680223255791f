#include "storage/sealing/sealer.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>

namespace webhooks {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kKeyIdAt = 1;
constexpr std::size_t kNonceAt = kKeyIdAt + sizeof(SecretKey::Id);
constexpr std::size_t kTextAt = kNonceAt + kNonceSize;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const {
    EVP_CIPHER_CTX_free(context);
  }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

// Fetches the cipher once: the look-up takes longer than its use. Returns null
// if OpenSSL lacks it; the calls that use it fail then.
const EVP_CIPHER* Cipher() {
  static const EVP_CIPHER* const cipher =
      EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return cipher;
}

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

int Size(absl::string_view text) { return static_cast<int>(text.size()); }

SecretKey::Id KeyIdOf(absl::string_view sealed) {
  SecretKey::Id id;
  std::copy_n(sealed.begin() + kKeyIdAt, id.size(), id.begin());
  return id;
}

bool HasSealedForm(absl::string_view sealed) {
  return sealed.size() >= kTextAt + kTagSize && sealed[0] == kVersion;
}

}  // namespace

Sealer::Keys::Keys(const SecretKeys& keys) : sealing_key(keys.front().id()) {
  for (const SecretKey& key : keys) by_id.emplace(key.id(), key);
}

Sealer::Sealer(const SecretKeys& keys)
    : keys_(std::make_shared<const Keys>(keys)) {}

std::optional<SecretKey::Id> Sealer::KeyOf(absl::string_view sealed) {
  if (!HasSealedForm(sealed)) return std::nullopt;
  return KeyIdOf(sealed);
}

void Sealer::Replace(const SecretKeys& keys) {
  auto replacement = std::make_shared<const Keys>(keys);
  absl::MutexLock lock(&mutex_);
  keys_ = std::move(replacement);
}

std::string Sealer::Seal(absl::string_view text,
                         absl::string_view owner) const {
  const std::shared_ptr<const Keys> keys = current();
  const SecretKey& key = keys->by_id.at(keys->sealing_key);
  std::string sealed(kTextAt + text.size() + kTagSize, '\0');
  sealed[0] = kVersion;
  std::copy(keys->sealing_key.begin(), keys->sealing_key.end(),
            sealed.begin() + kKeyIdAt);
  unsigned char* nonce = Bytes(sealed) + kNonceAt;
  const Context context(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool is_sealed =
      RAND_bytes(nonce, kNonceSize) == 1 &&
      EVP_EncryptInit_ex(context.get(), Cipher(), nullptr, key.bytes.data(),
                         nonce) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &size, Bytes(owner),
                        Size(owner)) == 1 &&
      EVP_EncryptUpdate(context.get(), Bytes(sealed) + kTextAt, &size,
                        Bytes(text), Size(text)) == 1 &&
      EVP_EncryptFinal_ex(context.get(), nullptr, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagSize,
                          Bytes(sealed) + kTextAt + text.size()) == 1;
  // Fails only without memory or entropy.
  if (!is_sealed) std::abort();
  return sealed;
}

std::optional<std::string> Sealer::Open(absl::string_view sealed,
                                        absl::string_view owner) const {
  if (!HasSealedForm(sealed)) return std::nullopt;
  const std::shared_ptr<const Keys> keys = current();
  const auto key = keys->by_id.find(KeyIdOf(sealed));
  if (key == keys->by_id.end()) return std::nullopt;
  const absl::string_view ciphertext =
      sealed.substr(kTextAt, sealed.size() - kTextAt - kTagSize);
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  std::string text(ciphertext.size(), '\0');
  const Context context(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool is_opened =
      EVP_DecryptInit_ex(context.get(), Cipher(), nullptr,
                         key->second.bytes.data(),
                         Bytes(sealed) + kNonceAt) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &size, Bytes(owner),
                        Size(owner)) == 1 &&
      EVP_DecryptUpdate(context.get(), Bytes(text), &size, Bytes(ciphertext),
                        Size(ciphertext)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagSize,
                          Bytes(tag)) == 1 &&
      EVP_DecryptFinal_ex(context.get(), nullptr, &size) == 1;
  if (!is_opened) return std::nullopt;
  return text;
}

std::vector<SecretKey::Id> Sealer::key_ids() const {
  std::vector<SecretKey::Id> ids;
  const std::shared_ptr<const Keys> keys = current();
  for (const auto& [id, key] : keys->by_id) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

bool Sealer::IsNewest(absl::string_view sealed) const {
  return HasSealedForm(sealed) && KeyIdOf(sealed) == sealing_key();
}

}  // namespace webhooks
