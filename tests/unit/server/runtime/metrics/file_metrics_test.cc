#include "server/runtime/metrics/file_metrics.h"

#include <map>
#include <string>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/certificates.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace webhooks {
namespace {

using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kExpiry[] = "webhooks_certificate_expiry_timestamp_seconds";
constexpr char kFailed[] = "webhooks_reload_failed";

// Returns the values of a family by its label, which must be "flag".
std::map<std::string, double> ValuesOf(const FileMetrics& metrics,
                                       const std::string& name) {
  std::map<std::string, double> values;
  for (const prometheus::MetricFamily& family : metrics.Collect()) {
    if (family.name != name) continue;
    for (const prometheus::ClientMetric& metric : family.metric) {
      EXPECT_EQ(metric.label.at(0).name, "flag");
      values[metric.label.at(0).value] = metric.gauge.value;
    }
  }
  return values;
}

TEST(FileMetrics, AreTheEndsOfTheCertificatesInUse) {
  const testing::TempFolder folder;
  const testing::TestCertificate made = testing::MakeCertificate("a", "");
  for (const auto& [name, text] :
       {std::pair("cert", made.certificate), std::pair("key", made.key),
        std::pair("ca", made.certificate)}) {
    testing::WriteFile(folder.Path(name), text);
  }
  const auto tls = TlsWatch::Start(
      {folder.Path("cert"), folder.Path("key"), folder.Path("ca")});
  const auto authorities = TlsWatch::Start({"", "", folder.Path("ca")});
  ASSERT_THAT(tls, IsOk());
  ASSERT_THAT(authorities, IsOk());
  FileMetrics metrics;
  metrics.AddTls("tls", tls->get());
  metrics.AddTls("server_tls", authorities->get());
  const auto end = static_cast<double>(
      absl::ToUnixSeconds(TimeOfCertificate(*(*tls)->current())->end));
  EXPECT_GT(end, static_cast<double>(absl::ToUnixSeconds(absl::Now())));
  EXPECT_THAT(
      ValuesOf(metrics, kExpiry),
      UnorderedElementsAre(Pair("tls_cert", end), Pair("tls_client_ca", end),
                           Pair("server_tls_ca", end)));
  EXPECT_THAT(
      ValuesOf(metrics, kFailed),
      UnorderedElementsAre(Pair("tls_cert", 0), Pair("server_tls_ca", 0)));
}

TEST(FileMetrics, ShowWhichFilesCannotBeUsed) {
  bool is_refused = false;
  FileMetrics metrics;
  metrics.AddFile("secret_key_file", [&] { return is_refused; });
  EXPECT_THAT(ValuesOf(metrics, kFailed),
              UnorderedElementsAre(Pair("secret_key_file", 0)));
  is_refused = true;
  EXPECT_THAT(ValuesOf(metrics, kFailed),
              UnorderedElementsAre(Pair("secret_key_file", 1)));
}

TEST(FileMetrics, HaveNoValuesWithoutFiles) {
  FileMetrics metrics;
  metrics.AddTls("tls", nullptr);
  EXPECT_THAT(ValuesOf(metrics, kExpiry), IsEmpty());
  EXPECT_THAT(ValuesOf(metrics, kFailed), IsEmpty());
}

}  // namespace
}  // namespace webhooks
