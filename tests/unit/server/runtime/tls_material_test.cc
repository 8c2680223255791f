#include "server/runtime/tls_material.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/certificates.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace webhooks {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

class TlsMaterialTest : public ::testing::Test {
 protected:
  absl::Status Check(const TlsMaterial& material) {
    return CheckTls(material, {"the-cert", "the-key", "the-ca"});
  }

  const testing::TestCertificate made_ = testing::MakeCertificate("a", "");
  const testing::TestCertificate other_ = testing::MakeCertificate("b", "");
  const TlsMaterial good_ = {made_.certificate, made_.key, other_.certificate};
};

TEST_F(TlsMaterialTest, AcceptsFilesThatBelongTogether) {
  EXPECT_THAT(Check(good_), IsOk());
  TlsMaterial chain = good_;
  chain.certificate += "\n" + other_.certificate + "\n";
  chain.authorities += made_.certificate;
  EXPECT_THAT(Check(chain), IsOk());
}

TEST_F(TlsMaterialTest, NamesTheFileWithTheError) {
  for (const auto& [member, bad, file] :
       {std::tuple(&TlsMaterial::certificate, std::string(), "the-cert"),
        std::tuple(&TlsMaterial::certificate, made_.key, "the-cert"),
        std::tuple(&TlsMaterial::certificate,
                   good_.certificate.substr(0, good_.certificate.size() / 2),
                   "the-cert"),
        std::tuple(&TlsMaterial::key, std::string("text"), "the-key"),
        std::tuple(&TlsMaterial::key, other_.key, "the-key"),
        std::tuple(&TlsMaterial::authorities, made_.key, "the-ca")}) {
    TlsMaterial material = good_;
    material.*member = bad;
    const absl::Status status = Check(material);
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(std::string(status.message()), HasSubstr(file));
  }
}

// A file that is still being written may end within a certificate.
TEST_F(TlsMaterialTest, RefusesAMalformedLaterCertificate) {
  TlsMaterial material = good_;
  material.certificate +=
      other_.certificate.substr(0, other_.certificate.size() / 2);
  EXPECT_THAT(Check(material), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(TlsMaterialTest, ReadsOnlyTheNamedFiles) {
  testing::TempFolder folder;
  testing::WriteFile(folder.Path("ca"), "text");
  const auto read = ReadTlsFiles({"", "", folder.Path("ca")});
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->authorities, "text");
  EXPECT_EQ(read->certificate, "");
  EXPECT_THAT(ReadTlsFiles({folder.Path("none"), "", ""}),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(TlsMode, DependsOnTheCertificatesOfBothSides) {
  EXPECT_EQ(TlsMode({}), "plaintext");
  EXPECT_EQ(TlsMode({"c", "k", ""}), "TLS");
  EXPECT_EQ(TlsMode({"", "", "a"}), "TLS");
  EXPECT_EQ(TlsMode({"c", "k", "a"}), "mTLS");
}

TEST_F(TlsMaterialTest, HasTheEndOfTheLastAuthority) {
  EXPECT_EQ(EndOfAuthorities({made_.certificate, made_.key, ""}), std::nullopt);
  EXPECT_EQ(EndOfAuthorities(good_),
            TimeOfCertificate({other_.certificate, "", ""})->end);
}

TEST(TlsFlags, AreCompleteOrAnErrorNamesTheMissingOne) {
  EXPECT_THAT(CheckListenerFlags({}), IsOk());
  EXPECT_THAT(CheckListenerFlags({"c", "k", ""}), IsOk());
  EXPECT_THAT(CheckListenerFlags({"c", "k", "a"}), IsOk());
  EXPECT_THAT(CheckClientFlags({"", "", "a"}, "tls"), IsOk());
  EXPECT_THAT(CheckClientFlags({"c", "k", "a"}, "tls"), IsOk());
  for (const absl::Status& status :
       {CheckListenerFlags({"c", "", ""}), CheckListenerFlags({"", "k", ""}),
        CheckListenerFlags({"", "", "a"}),
        CheckClientFlags({"c", "k", ""}, "x"),
        CheckClientFlags({"c", "", "a"}, "x")}) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace webhooks
