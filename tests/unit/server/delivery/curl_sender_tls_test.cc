#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "server/delivery/curl_sender.h"
#include "tests/support/scripted_server.h"
#include "tests/support/temp_folder.h"

// Tests of receivers that use TLS.
namespace webhooks::server {
namespace {

using testing::ScriptedConnection;
using testing::ScriptedServer;

constexpr char kName[] = "receiver.example";
constexpr char kAnswer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

// A server with a self-signed certificate for kName.
class TlsServer {
 public:
  TlsServer()
      : key_(EVP_RSA_gen(2048)),
        certificate_(MakeCertificate()),
        context_(SSL_CTX_new(TLS_server_method())),
        server_([this](ScriptedConnection& connection, int number) {
          Serve(connection, number);
        }) {
    SSL_CTX_use_certificate(context_, certificate_);
    SSL_CTX_use_PrivateKey(context_, key_);
  }

  ~TlsServer() {
    SSL_CTX_free(context_);
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }

  // A file with the certificate, for senders that trust it.
  void WriteCertificate(const std::string& path) const {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    PEM_write_X509(file, certificate_);
    std::fclose(file);
  }

  // Makes SendExcess send a second answer to the first request of the next
  // connection. SendExcess waits until it is sent.
  void BeChatty() { is_chatty_ = true; }
  void SendExcess() {
    may_send_excess_.Notify();
    sent_excess_.WaitForNotification();
  }

  int requests() const { return requests_; }
  int connections() { return server_.connections(); }

  std::string Url(const std::string& host) const {
    return absl::StrCat("https://", host, ":", server_.port(), "/");
  }

 private:
  X509* MakeCertificate() const {
    X509* const certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key_);
    X509_NAME* const name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(kName),
                               -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* const names =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                            absl::StrCat("DNS:", kName).c_str());
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(certificate, key_, EVP_sha256());
    return certificate;
  }

  void Serve(ScriptedConnection& connection, int number) {
    SSL* const tls = SSL_new(context_);
    SSL_set_fd(tls, connection.socket());
    std::array<char, 4096> request;
    if (SSL_accept(tls) == 1) {
      while (SSL_read(tls, request.data(), request.size()) > 0) {
        ++requests_;
        SSL_write(tls, kAnswer, sizeof(kAnswer) - 1);
        if (number == 0 && is_chatty_) {
          may_send_excess_.WaitForNotification();
          SSL_write(tls, kAnswer, sizeof(kAnswer) - 1);
          sent_excess_.Notify();
        }
      }
      SSL_shutdown(tls);
    }
    SSL_free(tls);
  }

  EVP_PKEY* const key_;
  X509* const certificate_;
  SSL_CTX* const context_;
  std::atomic<int> requests_ = 0;
  std::atomic<bool> is_chatty_ = false;
  absl::Notification may_send_excess_;
  absl::Notification sent_excess_;
  ScriptedServer server_;
};

class CurlSenderTls : public ::testing::Test {
 protected:
  CurlSenderTls() {
    std::signal(SIGPIPE, SIG_IGN);
    server_.WriteCertificate(folder_.Path("ca.pem"));
  }

  static CurlSender::Options Trusting(const std::string& ca_file) {
    CurlSender::Options options;
    options.guard = TargetGuard({*AddressRange::Parse("127.0.0.0/8")});
    options.resolve = [](const std::string&) { return "127.0.0.1"; };
    options.ca_file = ca_file;
    return options;
  }

  v1::Attempt SendTo(const std::string& host, const std::string& ca_file) {
    CurlSender sender(Trusting(ca_file), &absl::Now);
    return Send(sender, host);
  }

  v1::Attempt Send(CurlSender& sender, const std::string& host) {
    std::promise<HttpOutcome> promise;
    sender.Send(
        {server_.Url(host), {}, "{}", absl::Seconds(20)},
        [&](HttpOutcome outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get().attempt;
  }

  TlsServer server_;
  testing::TempFolder folder_;
};

TEST_F(CurlSenderTls, AcceptsATrustedCertificateOfTheHost) {
  const v1::Attempt attempt = SendTo(kName, folder_.Path("ca.pem"));
  EXPECT_EQ(attempt.status(), 200) << attempt.DebugString();
  EXPECT_TRUE(attempt.has_tls());
}

TEST_F(CurlSenderTls, DoesNotTakeUnreadBytesForAResponse) {
  server_.BeChatty();
  CurlSender sender(Trusting(folder_.Path("ca.pem")), &absl::Now);
  EXPECT_EQ(Send(sender, kName).status(), 200);
  server_.SendExcess();
  EXPECT_EQ(Send(sender, kName).status(), 200);
  EXPECT_EQ(server_.requests(), 2);
  EXPECT_EQ(server_.connections(), 2);
}

TEST_F(CurlSenderTls, ReusesAConnection) {
  CurlSender sender(Trusting(folder_.Path("ca.pem")), &absl::Now);
  EXPECT_EQ(Send(sender, kName).status(), 200);
  EXPECT_EQ(Send(sender, kName).status(), 200);
  EXPECT_EQ(server_.connections(), 1);
}

TEST_F(CurlSenderTls, RefusesACertificateOfAnotherHost) {
  EXPECT_EQ(SendTo("other.example", folder_.Path("ca.pem")).error(),
            v1::Attempt::TLS_VERIFICATION);
}

TEST_F(CurlSenderTls, RefusesAnUntrustedCertificate) {
  EXPECT_EQ(SendTo(kName, "").error(), v1::Attempt::TLS_VERIFICATION);
}

}  // namespace
}  // namespace webhooks::server
