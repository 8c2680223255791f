#include "server/runtime/certificate_name.h"

#include <openssl/pem.h>

#include <memory>

#include "gtest/gtest.h"
#include "tests/support/certificates.h"

namespace webhooks {
namespace {

std::string NameIn(const std::string& common_name,
                   const std::string& alternative_names) {
  const std::string pem =
      testing::MakeCertificate(common_name, alternative_names).certificate;
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
  return NameOf(certificate.get());
}

TEST(CertificateName, IsTheFirstUriThenTheFirstDnsNameThenTheCommonName) {
  EXPECT_EQ(NameIn("cn", "DNS:a.example,URI:spiffe://x/1,URI:spiffe://x/2"),
            "spiffe://x/1");
  EXPECT_EQ(NameIn("cn", "IP:127.0.0.1,DNS:a.example,DNS:b.example"),
            "a.example");
  EXPECT_EQ(NameIn("cn", "IP:127.0.0.1"), "cn");
  EXPECT_EQ(NameIn("cn", ""), "cn");
}

TEST(CertificateName, IsEmptyWithoutAName) {
  EXPECT_EQ(NameIn("", ""), "");
  EXPECT_EQ(NameOf(nullptr), "");
}

TEST(CertificateName, CannotBeConfusedWithOneOfAnotherKind) {
  EXPECT_EQ(NameIn("spiffe://x/1", ""), "");
  EXPECT_EQ(NameOf(CertificateNames{{}, {"spiffe://x/1"}, "cn"}), "");
}

TEST(CertificateName, ContainsOnlyWhatMetadataCan) {
  EXPECT_EQ(NameIn("two words", ""), "");
  EXPECT_EQ(NameOf(CertificateNames{{}, {std::string("a\0b", 3)}, ""}), "");
  EXPECT_EQ(NameOf(CertificateNames{{}, {}, std::string(256, 'x')}), "");
  EXPECT_EQ(NameOf(CertificateNames{{}, {}, std::string(255, 'x')}),
            std::string(255, 'x'));
}

}  // namespace
}  // namespace webhooks
