#include "server/delivery/curl_transfer.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
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

// Seconds.
constexpr long kNamesKept = 5;

constexpr int kOk = 200;
constexpr int kNoContent = 204;
constexpr int kFirstRedirect = 300;
constexpr int kNotModified = 304;

google::protobuf::Duration ToProto(absl::Duration duration) {
  google::protobuf::Duration proto;
  absl::Duration rest;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &rest));
  proto.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(rest)));
  return proto;
}

// Of this process, or of all of them.
bool IsLackOfFiles(int error) { return error == EMFILE || error == ENFILE; }

bool CanOpenNoFile() {
  const int file = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  if (file < 0) return IsLackOfFiles(errno);
  close(file);
  return false;
}

}  // namespace

CurlTransfer::CurlTransfer(const CurlSender::Options& options,
                           CurlConnections& connections)
    : options_(options), connections_(connections), handle_(curl_easy_init()) {
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
  // Receivers change their addresses: RFC 1035 leaves it to the resolver how
  // long an answer holds, and libcurl would keep one for a minute.
  set(CURLOPT_DNS_CACHE_TIMEOUT, kNamesKept);
  set(CURLOPT_MAXLIFETIME_CONN,
      static_cast<long>(absl::ToInt64Seconds(options_.connection_max_age)));
  set(CURLOPT_MAXAGE_CONN,
      static_cast<long>(absl::ToInt64Seconds(options_.connection_max_idle)));
  connections_.Attach(handle_);
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
  answer_ = {};
  opened_.clear();
  is_refused_ = is_resent_ = has_lacked_socket_ = false;
  before_resend_ = absl::ZeroDuration();
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
  curl_easy_setopt(handle_, CURLOPT_FRESH_CONNECT, 0L);
  curl_easy_setopt(handle_, CURLOPT_FORBID_REUSE, 0L);
  SetTimeout(request_.timeout);
  if (options_.resolve) SetHost();
}

// RFC 9110, section 9.2.2, would have the receiver know that a POST can be
// repeated. Receivers of webhooks do: an event may come twice.
bool CurlTransfer::PrepareResend(CURLcode code) {
  if (code == CURLE_OK || is_resent_ || is_refused_ || !opened_.empty() ||
      answer_.header_size > 0) {
    return false;
  }
  before_resend_ = absl::Microseconds(Info<curl_off_t>(CURLINFO_TOTAL_TIME_T));
  const absl::Duration left = request_.timeout - before_resend_;
  if (left <= absl::ZeroDuration()) return false;
  is_resent_ = true;
  problem_[0] = '\0';
  curl_easy_setopt(handle_, CURLOPT_FRESH_CONNECT, 1L);
  SetTimeout(left);
  return true;
}

void CurlTransfer::SetTimeout(absl::Duration timeout) {
  // 0 would be no limit at all.
  const auto millis =
      std::max<std::int64_t>(1, absl::ToInt64Milliseconds(timeout));
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(millis));
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
  const curl_socket_t opened = socket(
      address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (opened == CURL_SOCKET_BAD) {
    transfer.has_lacked_socket_ |= IsLackOfFiles(errno);
    return CURL_SOCKET_BAD;
  }
  transfer.opened_.push_back(opened);
  return opened;
}

int CurlTransfer::BeforeRequest(void* self, char* address, char* local_address,
                                int port, int local_port) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (!transfer.options_.guard.Allows(std::string(address))) {
    transfer.is_refused_ = true;
    return CURL_PREREQFUNC_ABORT;
  }
  const CurlConnections::Ends ends{address, port, local_address, local_port};
  if (!transfer.opened_.empty()) {
    transfer.connections_.Add(transfer.opened_, ends);
    return CURL_PREREQFUNC_OK;
  }
  return transfer.connections_.IsClean(transfer.handle_, ends)
             ? CURL_PREREQFUNC_OK
             : CURL_PREREQFUNC_ABORT;
}

std::size_t CurlTransfer::TakeHeader(char* text, std::size_t, std::size_t size,
                                     void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  Answer& answer = transfer.answer_;
  // Lines after a complete header section are trailers.
  if (answer.is_complete) return size;
  answer.header_size += size;
  if (answer.header_size > kMaxHeaders) {
    answer.is_header_too_large = true;
    return 0;
  }
  transfer.TakeHeaderLine(absl::string_view(text, size));
  return size;
}

void CurlTransfer::TakeHeaderLine(absl::string_view line) {
  line = absl::StripTrailingAsciiWhitespace(line);
  if (line.empty()) return EndHeaders();
  if (absl::StartsWithIgnoreCase(line, "http/")) {
    answer_.status = static_cast<int>(Info<long>(CURLINFO_RESPONSE_CODE));
    answer_.retry_after.clear();
    answer_.has_length = answer_.has_coding = false;
    return;
  }
  const auto colon = line.find(':');
  if (colon == absl::string_view::npos) return;
  const absl::string_view name = line.substr(0, colon);
  const absl::string_view value =
      absl::StripAsciiWhitespace(line.substr(colon + 1));
  if (absl::EqualsIgnoreCase(name, "retry-after")) {
    answer_.retry_after = std::string(value);
  } else if (absl::EqualsIgnoreCase(name, "content-length")) {
    answer_.has_length = value != "0";
  } else if (absl::EqualsIgnoreCase(name, "transfer-encoding")) {
    answer_.has_coding = true;
  }
}

// An interim answer (RFC 9110, section 15.2) is followed by another. The length
// of a body is in doubt where both headers give it, and where a status has none
// (RFC 9112, section 6.3).
void CurlTransfer::EndHeaders() {
  if (answer_.status < kOk) return;
  answer_.is_complete = true;
  const bool has_no_body =
      answer_.status == kNoContent || answer_.status == kNotModified;
  const bool is_doubtful = has_no_body
                               ? answer_.has_length || answer_.has_coding
                               : answer_.has_length && answer_.has_coding;
  if (is_doubtful) curl_easy_setopt(handle_, CURLOPT_FORBID_REUSE, 1L);
}

std::size_t CurlTransfer::TakeBody(char* text, std::size_t, std::size_t size,
                                   void* self) {
  Answer& answer = static_cast<CurlTransfer*>(self)->answer_;
  const std::size_t room = kKeptBody - answer.body.size();
  answer.body.append(text, std::min(size, room));
  answer.body_size += size;
  if (answer.body_size <= kReadBody) return size;
  answer.is_body_cut = true;
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
  outcome.is_out_of_files = HasLackedFile(code);
  v1::Attempt& attempt = outcome.attempt;
  *attempt.mutable_started_at() = ToTimestamp(started_at_);
  if (answer_.is_complete) {
    attempt.set_status(answer_.status);
    attempt.set_response_body(ReplaceInvalidUtf8(answer_.body));
    outcome.retry_after = std::move(answer_.retry_after);
  }
  SetError(code, attempt);
  SetAddress(attempt);
  SetTimes(attempt);
  return outcome;
}

// The resolver and OpenSSL open files of their own, and libcurl does not tell
// why they could not: then it is tried.
bool CurlTransfer::HasLackedFile(CURLcode code) const {
  if (code == CURLE_OK || Info<long>(CURLINFO_REQUEST_SIZE) > 0) return false;
  if (has_lacked_socket_) return true;
  return (code == CURLE_COULDNT_RESOLVE_HOST ||
          code == CURLE_SSL_CACERT_BADFILE) &&
         CanOpenNoFile();
}

// Once the final header section is complete, the status decides.
void CurlTransfer::SetError(CURLcode code, v1::Attempt& attempt) const {
  if (!answer_.is_complete) {
    attempt.set_error(ErrorOf(code));
    attempt.set_error_detail(DetailOf(code, attempt.error()));
    return;
  }
  if (answer_.is_body_cut) {
    attempt.set_note("the body was read up to 64 KiB");
  } else if (code != CURLE_OK) {
    attempt.set_note(absl::StrCat("the body did not end: ", Problem(code)));
  }
  if (answer_.status >= kOk && answer_.status < kFirstRedirect) return;
  attempt.set_error(v1::Attempt::HTTP_STATUS);
  attempt.set_error_detail(
      absl::StrCat("the receiver answered ", answer_.status));
}

// libcurl's words, or those for its code.
std::string CurlTransfer::Problem(CURLcode code) const {
  return problem_[0] != '\0' ? problem_ : curl_easy_strerror(code);
}

std::string CurlTransfer::DetailOf(CURLcode code,
                                   v1::Attempt::Error error) const {
  if (error == v1::Attempt::TARGET_REFUSED) {
    return "the address is one that nothing may be sent to";
  }
  if (answer_.is_header_too_large) {
    return "the answer's headers are larger than 32 KiB";
  }
  if (answer_.header_size > 0 && error != v1::Attempt::TIMEOUT) {
    return absl::StrCat("the answer ended within its headers, after status ",
                        answer_.status);
  }
  return Problem(code);
}

void CurlTransfer::SetAddress(v1::Attempt& attempt) const {
  const char* address = Info<char*>(CURLINFO_PRIMARY_IP);
  if (address == nullptr || address[0] == '\0') return;
  const bool is_ipv6 = absl::StrContains(address, ":");
  attempt.set_address(absl::StrCat(is_ipv6 ? "[" : "", address,
                                   is_ipv6 ? "]:" : ":",
                                   Info<long>(CURLINFO_PRIMARY_PORT)));
}

v1::Attempt::Error CurlTransfer::ErrorOf(CURLcode code) const {
  // Another of the host's addresses may have been connected to.
  if (is_refused_ &&
      (code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK)) {
    return v1::Attempt::TARGET_REFUSED;
  }
  if (answer_.is_header_too_large) return v1::Attempt::BAD_RESPONSE;
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
  if (!opened_.empty()) {
    if (dns > absl::ZeroDuration()) *attempt.mutable_dns() = ToProto(dns);
    if (connect > dns) *attempt.mutable_connect() = ToProto(connect - dns);
    if (tls > connect) *attempt.mutable_tls() = ToProto(tls - connect);
  }
  if (attempt.has_status()) {
    *attempt.mutable_first_byte() = ToProto(before_resend_ + first_byte);
  }
  *attempt.mutable_total() =
      ToProto(before_resend_ +
              absl::Microseconds(Info<curl_off_t>(CURLINFO_TOTAL_TIME_T)));
}

}  // namespace webhooks::server
