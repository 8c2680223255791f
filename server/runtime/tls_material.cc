#include "server/runtime/tls_material.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/runtime/small_file.h"

namespace webhooks {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using BioPtr = std::unique_ptr<BIO, Free>;
using X509Ptr = std::unique_ptr<X509, Free>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free>;

BioPtr Reader(const std::string& pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// Makes an encrypted key an error, since nobody can enter a passphrase.
int NoPassword(char*, int, int, void*) { return 0; }

// Calls `take` with each certificate in `pem`. Returns false if `take` does, if
// a block is not a certificate, or if there is none.
template <typename Take>
bool ForEachCertificate(const std::string& pem, Take&& take) {
  const BioPtr bio = Reader(pem);
  bool any = false;
  while (X509Ptr certificate{
      PEM_read_bio_X509(bio.get(), nullptr, &NoPassword, nullptr)}) {
    if (!take(*certificate)) return false;
    any = true;
  }
  // The only error must be that no further block starts.
  return any && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
}

bool UseCertificate(const std::string& pem, SSL_CTX& context) {
  SSL_CTX_clear_chain_certs(&context);
  bool is_first = true;
  return ForEachCertificate(pem, [&](X509& certificate) {
    if (!is_first) return SSL_CTX_add1_chain_cert(&context, &certificate) == 1;
    is_first = false;
    return SSL_CTX_use_certificate(&context, &certificate) == 1;
  });
}

KeyPtr ReadKey(const std::string& pem) {
  return KeyPtr(PEM_read_bio_PrivateKey(Reader(pem).get(), nullptr, &NoPassword,
                                        nullptr));
}

bool UseKey(const std::string& pem, SSL_CTX& context) {
  const KeyPtr key = ReadKey(pem);
  return key != nullptr && SSL_CTX_use_PrivateKey(&context, key.get()) == 1 &&
         SSL_CTX_check_private_key(&context) == 1;
}

bool UseAuthorities(const std::string& pem, SSL_CTX& context) {
  X509_STORE* const store = SSL_CTX_get_cert_store(&context);
  return ForEachCertificate(pem, [&](X509& certificate) {
    return X509_STORE_add_cert(store, &certificate) == 1 &&
           SSL_CTX_add_client_CA(&context, &certificate) == 1;
  });
}

absl::Status Unusable(const std::string& file, absl::string_view problem) {
  const char* const why = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return absl::InvalidArgumentError(absl::StrCat(
      file, " ", problem, why == nullptr ? "" : absl::StrCat(" (", why, ")")));
}

absl::Status CheckPair(const TlsFiles& files, absl::string_view prefix) {
  if (files.certificate.empty() == files.key.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", prefix, "_cert and --", prefix,
                   "_key belong together, and only one is given"));
}

std::optional<absl::Time> ReadTime(const ASN1_TIME* time) {
  std::tm fields = {};
  if (ASN1_TIME_to_tm(time, &fields) != 1) return std::nullopt;
  return absl::FromTM(fields, absl::UTCTimeZone());
}

}  // namespace

absl::string_view TlsMode(const TlsFiles& files) {
  if (!WantsTls(files)) return "plaintext";
  return files.certificate.empty() || files.authorities.empty() ? "TLS"
                                                                : "mTLS";
}

absl::Status CheckListenerFlags(const TlsFiles& files) {
  if (!files.authorities.empty() && files.certificate.empty()) {
    return absl::InvalidArgumentError("--tls_client_ca needs --tls_cert");
  }
  return CheckPair(files, "tls");
}

absl::Status CheckClientFlags(const TlsFiles& files, absl::string_view prefix) {
  if (WantsTls(files) && files.authorities.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--", prefix, "_cert and --", prefix, "_key need --", prefix, "_ca"));
  }
  return CheckPair(files, prefix);
}

absl::StatusOr<TlsMaterial> ReadTlsFiles(const TlsFiles& files) {
  TlsMaterial material;
  for (const auto& [file, content] :
       {std::pair(&files.certificate, &material.certificate),
        std::pair(&files.key, &material.key),
        std::pair(&files.authorities, &material.authorities)}) {
    if (file->empty()) continue;
    absl::StatusOr<std::string> read = ReadSmallFile(*file);
    if (!read.ok()) return read.status();
    *content = *std::move(read);
  }
  return material;
}

absl::Status CheckTls(const TlsMaterial& material, const TlsFiles& files) {
  const std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_method()));
  ERR_clear_error();
  if (!files.certificate.empty() &&
      !UseCertificate(material.certificate, *context)) {
    return Unusable(files.certificate, "holds no certificate that can be used");
  }
  if (!files.key.empty() && ReadKey(material.key) == nullptr) {
    return Unusable(files.key, "holds no private key, or an encrypted one");
  }
  if (!files.key.empty() && !UseKey(material.key, *context)) {
    return Unusable(files.key, "is not the key of the certificate");
  }
  if (!files.authorities.empty() &&
      !UseAuthorities(material.authorities, *context)) {
    return Unusable(files.authorities, "holds no certificates of authorities");
  }
  ERR_clear_error();
  return absl::OkStatus();
}

absl::StatusOr<ValidTime> TimeOfCertificate(const TlsMaterial& material) {
  const X509Ptr certificate(PEM_read_bio_X509(
      Reader(material.certificate).get(), nullptr, &NoPassword, nullptr));
  if (certificate != nullptr) {
    const auto begin = ReadTime(X509_get0_notBefore(certificate.get()));
    const auto end = ReadTime(X509_get0_notAfter(certificate.get()));
    if (begin && end) return ValidTime{*begin, *end};
  }
  ERR_clear_error();
  return absl::InvalidArgumentError("the certificate has no time");
}

std::optional<absl::Time> EndOfAuthorities(const TlsMaterial& material) {
  std::optional<absl::Time> last;
  ForEachCertificate(material.authorities, [&](X509& certificate) {
    const auto end = ReadTime(X509_get0_notAfter(&certificate));
    if (end) last = std::max(last.value_or(*end), *end);
    return true;
  });
  ERR_clear_error();
  return last;
}

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

absl::Status CheckTime(const TlsMaterial& material, const TlsFiles& files,
                       absl::Time now) {
  if (files.certificate.empty()) return absl::OkStatus();
  const absl::StatusOr<ValidTime> valid = TimeOfCertificate(material);
  if (!valid.ok()) return valid.status();
  if (now < valid->begin) {
    return absl::FailedPreconditionError(
        absl::StrCat("certificate ", files.certificate, " is not valid before ",
                     TimeText(valid->begin)));
  }
  if (now >= valid->end) {
    return absl::FailedPreconditionError(
        absl::StrCat("certificate ", files.certificate, " has ended at ",
                     TimeText(valid->end)));
  }
  return absl::OkStatus();
}

bool UseTls(const TlsMaterial& material, SSL_CTX& context) {
  ERR_clear_error();
  const bool done = (material.certificate.empty() ||
                     (UseCertificate(material.certificate, context) &&
                      UseKey(material.key, context))) &&
                    (material.authorities.empty() ||
                     UseAuthorities(material.authorities, context));
  ERR_clear_error();
  return done;
}

}  // namespace webhooks
