#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "proto/json/utf8.h"
#include "proto/time.h"
#include "server/delivery/curl_transfer.h"
#include "server/delivery/target_guard.h"
#include "server/runtime/address_range.h"

// The part of CurlTransfer that makes the outcome of a transfer.
namespace webhooks::server {
namespace {

bool HasReachedFileLimit() {
  const int file = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  if (file < 0) return errno == EMFILE || errno == ENFILE;
  close(file);
  return false;
}

std::string StatusText(const ReceivedResponse& answer) {
  std::string text = absl::StrCat("the receiver answered ", answer.status());
  if (const std::string target = answer.redirect(); !target.empty()) {
    absl::StrAppend(&text, ", a redirect to ", ReplaceInvalidUtf8(target),
                    ", which is not followed: set the webhook's url to it");
  }
  return text;
}

// Returns the likely cause of an error, to follow libcurl's message; "" if
// there is none. OpenSSL takes an answer in plain text for a record of an
// unknown version of TLS.
absl::string_view HintOf(v1::Attempt::Error error, absl::string_view url,
                         absl::string_view problem) {
  if (error == v1::Attempt::TLS_HANDSHAKE &&
      absl::StrContains(problem, "wrong version number")) {
    return "; the receiver seems to speak plain HTTP at this port";
  }
  if (error == v1::Attempt::BAD_RESPONSE &&
      absl::StartsWithIgnoreCase(url, "http:")) {
    return "; if the receiver expects TLS, use https:// in the webhook's url";
  }
  return "";
}

std::optional<AddressBytes> ReadAddress(const std::string& text) {
  const auto ipv4 = ReadIpv4(text);
  return ipv4 ? ipv4 : ReadIpv6(text);
}

// Returns the host of a URL as libcurl connects to it, with IPv4 addresses in
// their usual form, without brackets; "" if the URL is malformed.
std::string HostOfUrl(const std::string& text) {
  CURLU* url = curl_url();
  char* host = nullptr;
  std::string found;
  if (curl_url_set(url, CURLUPART_URL, text.c_str(), 0) == CURLUE_OK &&
      curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
    found = std::string(absl::StripSuffix(absl::StripPrefix(host, "["), "]"));
  }
  curl_free(host);
  curl_url_cleanup(url);
  return found;
}

// Returns true if the owner of the URL knows the address without the operator's
// DNS: it is the host of the URL, or a loopback address of a name for one.
bool IsKnownToOwner(const std::string& address, const std::string& url) {
  const auto refused = ReadAddress(address);
  if (!refused) return false;
  const std::string host = HostOfUrl(url);
  return ReadAddress(host) == refused ||
         (IsLoopbackName(host) && AnyHolds(LoopbackRanges(), *refused));
}

}  // namespace

HttpOutcome CurlTransfer::Outcome(CURLcode code) {
  HttpOutcome outcome;
  outcome.is_out_of_files = IsOutOfFiles(code);
  v1::Attempt& attempt = outcome.attempt;
  *attempt.mutable_started_at() = ToTimestamp(started_at_);
  if (answer_.is_complete()) {
    attempt.set_status(answer_.status());
    attempt.set_response_body(ReplaceInvalidUtf8(answer_.body()));
    outcome.retry_after = answer_.retry_after();
  }
  SetError(code, attempt);
  SetAddress(attempt);
  SetTimes(attempt);
  return outcome;
}

// The resolver and OpenSSL open files too, but libcurl does not report why they
// failed. This opens a file itself to find out.
bool CurlTransfer::IsOutOfFiles(CURLcode code) const {
  if (code == CURLE_OK || Info<long>(CURLINFO_REQUEST_SIZE) > 0) return false;
  if (is_out_of_files_) return true;
  return (code == CURLE_COULDNT_RESOLVE_HOST ||
          code == CURLE_SSL_CACERT_BADFILE) &&
         HasReachedFileLimit();
}

void CurlTransfer::SetError(CURLcode code, v1::Attempt& attempt) const {
  if (!answer_.is_complete()) {
    attempt.set_error(ErrorOf(code));
    attempt.set_error_detail(DetailOf(code, attempt.error()));
    return;
  }
  if (answer_.is_body_cut()) {
    attempt.set_note("the body was read up to 64 KiB");
  } else if (code != CURLE_OK) {
    attempt.set_note(absl::StrCat("the body did not end: ", Problem(code)));
  }
  if (answer_.is_success()) return;
  attempt.set_error(v1::Attempt::HTTP_STATUS);
  attempt.set_error_detail(StatusText(answer_));
}

// Returns libcurl's message, or the description of its code.
std::string CurlTransfer::Problem(CURLcode code) const {
  return problem_[0] != '\0' ? problem_ : curl_easy_strerror(code);
}

std::string CurlTransfer::DetailOf(CURLcode code,
                                   v1::Attempt::Error error) const {
  if (error == v1::Attempt::TARGET_REFUSED) return RefusalText();
  if (answer_.is_header_too_large()) {
    return "the answer's headers are larger than 32 KiB";
  }
  if (answer_.has_begun() && error != v1::Attempt::TIMEOUT) {
    return absl::StrCat("the answer ended within its headers, after status ",
                        answer_.status());
  }
  const std::string problem = Problem(code);
  return absl::StrCat(problem, HintOf(error, request_.url, problem));
}

// Every other address is an answer of the operator's DNS, which would show a
// private network to the owner of the webhook.
std::string CurlTransfer::RefusalText() const {
  const bool is_known = IsKnownToOwner(refused_, request_.url);
  return absl::StrCat("nothing may be sent to ",
                      is_known ? refused_ : "the address of the host",
                      ", a loopback, private or reserved address; the operator "
                      "can allow it with --allow_targets");
}

void CurlTransfer::SetAddress(v1::Attempt& attempt) const {
  const char* address = Info<char*>(CURLINFO_PRIMARY_IP);
  if (address == nullptr || address[0] == '\0') return;
  const bool is_ipv6 = absl::StrContains(address, ":");
  attempt.set_address(absl::StrCat(is_ipv6 ? "[" : "", address,
                                   is_ipv6 ? "]:" : ":",
                                   Info<long>(CURLINFO_PRIMARY_PORT)));
}

// Returns false if the guard let another address of the host pass: then the
// failure of that address counts.
bool CurlTransfer::IsTargetRefused(CURLcode code) const {
  return !refused_.empty() &&
         ((code == CURLE_COULDNT_CONNECT && opened_.empty()) ||
          code == CURLE_ABORTED_BY_CALLBACK);
}

v1::Attempt::Error CurlTransfer::ErrorOf(CURLcode code) const {
  if (IsTargetRefused(code)) return v1::Attempt::TARGET_REFUSED;
  if (answer_.is_header_too_large()) return v1::Attempt::BAD_RESPONSE;
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return v1::Attempt::TIMEOUT;
    case CURLE_COULDNT_RESOLVE_HOST:
      return v1::Attempt::DNS;
    case CURLE_COULDNT_CONNECT:
      return Info<long>(CURLINFO_OS_ERRNO) == ECONNREFUSED
                 ? v1::Attempt::CONNECTION_REFUSED
                 : v1::Attempt::CONNECTION_FAILED;
    case CURLE_PEER_FAILED_VERIFICATION:
      return v1::Attempt::TLS_VERIFICATION;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ENGINE_INITFAILED:
      return v1::Attempt::TLS_HANDSHAKE;
    case CURLE_OK:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
      return v1::Attempt::CONNECTION_CLOSED;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_OUT_OF_MEMORY:
    case CURLE_BAD_CONTENT_ENCODING:
      return v1::Attempt::BAD_RESPONSE;
    case CURLE_URL_MALFORMAT:
      return v1::Attempt::BAD_URL;
    default:
      return v1::Attempt::FAULT;
  }
}

// libcurl measures each time from the start of the transfer.
void CurlTransfer::SetTimes(v1::Attempt& attempt) const {
  const absl::Duration dns =
      absl::Microseconds(Info<curl_off_t>(CURLINFO_NAMELOOKUP_TIME_T));
  const absl::Duration connect =
      absl::Microseconds(Info<curl_off_t>(CURLINFO_CONNECT_TIME_T));
  const absl::Duration tls =
      absl::Microseconds(Info<curl_off_t>(CURLINFO_APPCONNECT_TIME_T));
  const absl::Duration first_byte =
      absl::Microseconds(Info<curl_off_t>(CURLINFO_STARTTRANSFER_TIME_T));
  if (!opened_.empty()) {
    if (dns > absl::ZeroDuration())
      *attempt.mutable_dns() = ToProtoDuration(dns);
    if (connect > dns)
      *attempt.mutable_connect() = ToProtoDuration(connect - dns);
    if (tls > connect) *attempt.mutable_tls() = ToProtoDuration(tls - connect);
  }
  if (attempt.has_status()) {
    *attempt.mutable_first_byte() =
        ToProtoDuration(before_resend_ + first_byte);
  }
  *attempt.mutable_total() = ToProtoDuration(
      before_resend_ +
      absl::Microseconds(Info<curl_off_t>(CURLINFO_TOTAL_TIME_T)));
}

}  // namespace webhooks::server
