#include "server/delivery/curl_transfer.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "proto/json/utf8.h"
#include "storage/timestamp.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kKeptBody = 16 << 10;
constexpr std::size_t kReadBody = 64 << 10;
constexpr std::size_t kMaxHeaders = 32 << 10;

constexpr int kOk = 200;
constexpr int kFirstRedirect = 300;

google::protobuf::Duration ToProto(absl::Duration duration) {
  google::protobuf::Duration proto;
  absl::Duration rest;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &rest));
  proto.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(rest)));
  return proto;
}

}  // namespace

CurlTransfer::CurlTransfer(const CurlSender::Options& options)
    : options_(options), handle_(curl_easy_init()) {
  SetConstants();
}

CurlTransfer::~CurlTransfer() {
  curl_easy_cleanup(handle_);
  FreeLists();
}

void CurlTransfer::SetConstants() {
  const auto set = [this](CURLoption option, auto value) {
    curl_easy_setopt(handle_, option, value);
  };
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  // An empty proxy is none, whatever the environment says.
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_POST, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(absl::ToInt64Milliseconds(options_.connect_timeout)));
  // A name that takes long to look up must not keep the sender's thread.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
  set(CURLOPT_ERRORBUFFER, problem_);
  set(CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  // The first is not called for a connection that is used again.
  set(CURLOPT_PREREQFUNCTION, &BeforeRequest);
  set(CURLOPT_PREREQDATA, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, &TakeHeader);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &TakeBody);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
}

void CurlTransfer::Prepare(HttpRequest request, Sender::Done done,
                           absl::Time now) {
  request_ = std::move(request);
  done_ = std::move(done);
  started_at_ = now;
  problem_[0] = '\0';
  body_.clear();
  retry_after_.clear();
  body_size_ = header_size_ = 0;
  is_refused_ = is_body_cut_ = is_header_too_large_ = false;
  FreeLists();
  for (const std::string& header : request_.headers) {
    headers_ = curl_slist_append(headers_, header.c_str());
  }
  // libcurl would add these itself.
  for (const char* none : {"Accept:", "Expect:"}) {
    headers_ = curl_slist_append(headers_, none);
  }
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
  curl_easy_setopt(handle_, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, request_.body.data());
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(request_.body.size()));
  curl_easy_setopt(
      handle_, CURLOPT_TIMEOUT_MS,
      // 0 would be no limit at all.
      std::max(1L,
               static_cast<long>(absl::ToInt64Milliseconds(request_.timeout))));
  if (options_.resolve) SetHost();
}

void CurlTransfer::SetHost() {
  CURLU* url = curl_url();
  char* host = nullptr;
  char* port = nullptr;
  if (curl_url_set(url, CURLUPART_URL, request_.url.c_str(), 0) == CURLUE_OK &&
      curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
      curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) ==
          CURLUE_OK) {
    const std::string address = options_.resolve(host);
    if (!address.empty()) {
      hosts_ = curl_slist_append(
          hosts_, absl::StrCat(host, ":", port, ":", address).c_str());
      curl_easy_setopt(handle_, CURLOPT_RESOLVE, hosts_);
    }
  }
  curl_free(host);
  curl_free(port);
  curl_url_cleanup(url);
}

void CurlTransfer::FreeLists() {
  curl_slist_free_all(headers_);
  curl_slist_free_all(hosts_);
  headers_ = hosts_ = nullptr;
}

curl_socket_t CurlTransfer::OpenSocket(void* self, curlsocktype,
                                       curl_sockaddr* address) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (!transfer.options_.guard.Allows(&address->addr)) {
    transfer.is_refused_ = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC,
                address->protocol);
}

int CurlTransfer::BeforeRequest(void* self, char* address, char*, int, int) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (transfer.options_.guard.Allows(std::string(address))) {
    return CURL_PREREQFUNC_OK;
  }
  transfer.is_refused_ = true;
  return CURL_PREREQFUNC_ABORT;
}

std::size_t CurlTransfer::TakeHeader(char* text, std::size_t, std::size_t size,
                                     void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  transfer.header_size_ += size;
  if (transfer.header_size_ > kMaxHeaders) {
    transfer.is_header_too_large_ = true;
    return 0;
  }
  absl::string_view line(text, size);
  constexpr absl::string_view kRetryAfter = "retry-after:";
  if (absl::StartsWithIgnoreCase(line, "http/")) {
    transfer.retry_after_.clear();
  } else if (absl::StartsWithIgnoreCase(line, kRetryAfter)) {
    line.remove_prefix(kRetryAfter.size());
    transfer.retry_after_ = std::string(absl::StripAsciiWhitespace(line));
  }
  return size;
}

std::size_t CurlTransfer::TakeBody(char* text, std::size_t, std::size_t size,
                                   void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::size_t room = kKeptBody - transfer.body_.size();
  transfer.body_.append(text, std::min(size, room));
  transfer.body_size_ += size;
  if (transfer.body_size_ <= kReadBody) return size;
  transfer.is_body_cut_ = true;
  return 0;
}

template <typename T>
T CurlTransfer::Info(CURLINFO info) const {
  T value{};
  curl_easy_getinfo(handle_, info, &value);
  return value;
}

HttpOutcome CurlTransfer::Outcome(CURLcode code) {
  HttpOutcome outcome;
  v1::Attempt& attempt = outcome.attempt;
  *attempt.mutable_started_at() = ToTimestamp(started_at_);
  const int status = static_cast<int>(Info<long>(CURLINFO_RESPONSE_CODE));
  if (status > 0) attempt.set_status(status);
  if (code == CURLE_WRITE_ERROR && is_body_cut_) code = CURLE_OK;
  if (code != CURLE_OK) {
    attempt.set_error(ErrorOf(code));
    attempt.set_error_detail(problem_[0] != '\0' ? problem_
                                                 : curl_easy_strerror(code));
    if (attempt.error() == v1::Attempt::TARGET_REFUSED) {
      attempt.set_error_detail(
          "the address is one that nothing may be sent to");
    }
  } else if (status < kOk || status >= kFirstRedirect) {
    attempt.set_error(v1::Attempt::HTTP_STATUS);
    attempt.set_error_detail(absl::StrCat("the receiver answered ", status));
  }
  const char* address = Info<char*>(CURLINFO_PRIMARY_IP);
  if (address != nullptr && address[0] != '\0') {
    const bool is_ipv6 = absl::StrContains(address, ":");
    attempt.set_address(absl::StrCat(is_ipv6 ? "[" : "", address,
                                     is_ipv6 ? "]:" : ":",
                                     Info<long>(CURLINFO_PRIMARY_PORT)));
  }
  SetTimes(attempt);
  attempt.set_response_body(ReplaceInvalidUtf8(body_));
  outcome.retry_after = std::move(retry_after_);
  return outcome;
}

v1::Attempt::Error CurlTransfer::ErrorOf(CURLcode code) const {
  // Another of the host's addresses may have been connected to.
  if (is_refused_ &&
      (code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK)) {
    return v1::Attempt::TARGET_REFUSED;
  }
  if (is_header_too_large_) return v1::Attempt::BAD_RESPONSE;
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

// libcurl counts each from the start.
void CurlTransfer::SetTimes(v1::Attempt& attempt) const {
  const absl::Duration dns =
      absl::Microseconds(Info<curl_off_t>(CURLINFO_NAMELOOKUP_TIME_T));
  const absl::Duration connect =
      absl::Microseconds(Info<curl_off_t>(CURLINFO_CONNECT_TIME_T));
  const absl::Duration tls =
      absl::Microseconds(Info<curl_off_t>(CURLINFO_APPCONNECT_TIME_T));
  const absl::Duration first_byte =
      absl::Microseconds(Info<curl_off_t>(CURLINFO_STARTTRANSFER_TIME_T));
  if (Info<long>(CURLINFO_NUM_CONNECTS) > 0) {
    if (dns > absl::ZeroDuration()) *attempt.mutable_dns() = ToProto(dns);
    if (connect > dns) *attempt.mutable_connect() = ToProto(connect - dns);
    if (tls > connect) *attempt.mutable_tls() = ToProto(tls - connect);
  }
  if (attempt.has_status()) *attempt.mutable_first_byte() = ToProto(first_byte);
  *attempt.mutable_total() =
      ToProto(absl::Microseconds(Info<curl_off_t>(CURLINFO_TOTAL_TIME_T)));
}

}  // namespace webhooks::server
