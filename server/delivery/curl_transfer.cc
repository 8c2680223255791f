#include "server/delivery/curl_transfer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace webhooks::server {
namespace {

constexpr long kDnsCacheSeconds = 5;

// Returns true if a reused connection can be the cause: the receiver closed it,
// or BeforeRequest found unread bytes on it.
bool IsEndOfConnection(CURLcode code) {
  switch (code) {
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_ABORTED_BY_CALLBACK:
      return true;
    default:
      return false;
  }
}

std::string AddressText(const sockaddr& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.sa_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr,
              text, sizeof(text));
  } else if (address.sa_family == AF_INET6) {
    inet_ntop(AF_INET6,
              &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text,
              sizeof(text));
  }
  return text;
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
  // Overrides the environment variables for proxies.
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_POST, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(absl::ToInt64Milliseconds(options_.connect_timeout)));
  // A slow name look-up must not block the sender's thread.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
  set(CURLOPT_ERRORBUFFER, problem_);
  // libcurl would cache addresses for a minute, whatever their TTL is.
  set(CURLOPT_DNS_CACHE_TIMEOUT, kDnsCacheSeconds);
  set(CURLOPT_MAXLIFETIME_CONN,
      static_cast<long>(absl::ToInt64Seconds(options_.connection_max_age)));
  set(CURLOPT_MAXAGE_CONN,
      static_cast<long>(absl::ToInt64Seconds(options_.connection_max_idle)));
  connections_.Attach(handle_);
  set(CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  // OpenSocket is not called for a reused connection, so BeforeRequest checks
  // the address too.
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
  refused_.clear();
  is_resent_ = is_out_of_files_ = false;
  before_resend_ = absl::ZeroDuration();
  FreeLists();
  for (const std::string& header : request_.headers) {
    headers_ = curl_slist_append(headers_, header.c_str());
  }
  // An empty value keeps libcurl from adding the header.
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

// RFC 9110, section 9.2.2, allows a POST to be repeated if it is known to be
// idempotent. Receivers of webhooks expect that an event may come twice.
bool CurlTransfer::PrepareResend(CURLcode code) {
  if (!IsEndOfConnection(code) || is_resent_ || !refused_.empty() ||
      !opened_.empty() || answer_.has_begun()) {
    return false;
  }
  const absl::Duration taken =
      absl::Microseconds(Info<curl_off_t>(CURLINFO_TOTAL_TIME_T));
  const absl::Duration left = request_.timeout - taken;
  if (left <= absl::ZeroDuration()) return false;
  before_resend_ = taken;
  is_resent_ = true;
  problem_[0] = '\0';
  curl_easy_setopt(handle_, CURLOPT_FRESH_CONNECT, 1L);
  SetTimeout(left);
  return true;
}

void CurlTransfer::SetTimeout(absl::Duration timeout) {
  // libcurl takes 0 for no limit.
  const std::int64_t millis = std::max<std::int64_t>(
      1, absl::ToInt64Milliseconds(absl::Ceil(timeout, absl::Milliseconds(1))));
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

void CurlTransfer::Refuse(std::string address) {
  if (refused_.empty()) refused_ = std::move(address);
}

curl_socket_t CurlTransfer::OpenSocket(void* self, curlsocktype,
                                       curl_sockaddr* address) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (!transfer.options_.guard.Allows(&address->addr)) {
    transfer.Refuse(AddressText(address->addr));
    return CURL_SOCKET_BAD;
  }
  const curl_socket_t opened = socket(
      address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (opened == CURL_SOCKET_BAD) {
    transfer.is_out_of_files_ |= errno == EMFILE || errno == ENFILE;
    return CURL_SOCKET_BAD;
  }
  transfer.opened_.push_back(opened);
  return opened;
}

int CurlTransfer::BeforeRequest(void* self, char* address, char* local_address,
                                int port, int local_port) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (!transfer.options_.guard.Allows(std::string(address))) {
    transfer.Refuse(address);
    return CURL_PREREQFUNC_ABORT;
  }
  const CurlConnections::AddressPair addresses{address, port, local_address,
                                               local_port};
  if (!transfer.opened_.empty()) {
    transfer.connections_.Add(transfer.opened_, addresses);
    return CURL_PREREQFUNC_OK;
  }
  return transfer.connections_.IsClean(transfer.handle_, addresses)
             ? CURL_PREREQFUNC_OK
             : CURL_PREREQFUNC_ABORT;
}

std::size_t CurlTransfer::TakeHeader(char* text, std::size_t, std::size_t size,
                                     void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  ReceivedResponse& answer = transfer.answer_;
  const auto status =
      static_cast<int>(transfer.Info<long>(CURLINFO_RESPONSE_CODE));
  if (!answer.TakeHeader(absl::string_view(text, size), status)) return 0;
  if (answer.is_complete() && answer.has_ambiguous_length()) {
    curl_easy_setopt(transfer.handle_, CURLOPT_FORBID_REUSE, 1L);
  }
  return size;
}

std::size_t CurlTransfer::TakeBody(char* text, std::size_t, std::size_t size,
                                   void* self) {
  ReceivedResponse& answer = static_cast<CurlTransfer*>(self)->answer_;
  return answer.TakeBody(absl::string_view(text, size)) ? size : 0;
}

}  // namespace webhooks::server
