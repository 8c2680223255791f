#ifndef WEBHOOKS_SERVER_DELIVERY_CURL_TRANSFER_H_
#define WEBHOOKS_SERVER_DELIVERY_CURL_TRANSFER_H_

#include <curl/curl.h>

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/delivery/curl_connections.h"
#include "server/delivery/curl_sender.h"
#include "server/delivery/received_response.h"

namespace webhooks::server {

// An easy handle of libcurl, used for one request after another. Not
// thread-safe.
class CurlTransfer {
 public:
  // `options` and `connections` must outlive this.
  CurlTransfer(const CurlSender::Options& options,
               CurlConnections& connections);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer();

  CURL* handle() const { return handle_; }

  // Prepares the handle for `request`; the caller then adds it to a multi
  // handle. The private pointer of the handle is this.
  void Prepare(HttpRequest request, Sender::Done done, absl::Time now);

  // Returns true if the request, which ended with `code`, should be sent once
  // more on a new connection, because a reused connection failed before the
  // first byte of a response. Prepares the handle to be added again.
  bool PrepareResend(CURLcode code);

  // Returns the outcome of the request, which ended with `code`.
  HttpOutcome Outcome(CURLcode code);

  Sender::Done TakeDone() { return std::move(done_); }

 private:
  static curl_socket_t OpenSocket(void* self, curlsocktype purpose,
                                  curl_sockaddr* address);
  static int BeforeRequest(void* self, char* address, char* local_address,
                           int port, int local_port);
  static std::size_t TakeHeader(char* text, std::size_t, std::size_t size,
                                void* self);
  static std::size_t TakeBody(char* text, std::size_t, std::size_t size,
                              void* self);

  void SetConstants();
  void SetHost();
  void SetTimeout(absl::Duration timeout);
  void Refuse(std::string address);
  void FreeLists();
  v1::Attempt::Error ErrorOf(CURLcode code) const;
  bool IsTargetRefused(CURLcode code) const;
  std::string RefusalText() const;
  void SetError(CURLcode code, v1::Attempt& attempt) const;
  std::string Problem(CURLcode code) const;
  std::string DetailOf(CURLcode code, v1::Attempt::Error error) const;
  // Returns true if the request was not sent because this process has reached
  // its limit of open files.
  bool IsOutOfFiles(CURLcode code) const;
  void SetAddress(v1::Attempt& attempt) const;
  void SetTimes(v1::Attempt& attempt) const;
  template <typename T>
  T Info(CURLINFO info) const {
    T value{};
    curl_easy_getinfo(handle_, info, &value);
    return value;
  }

  const CurlSender::Options& options_;
  CurlConnections& connections_;
  CURL* const handle_;
  HttpRequest request_;
  Sender::Done done_;
  absl::Time started_at_;
  curl_slist* headers_ = nullptr;
  curl_slist* hosts_ = nullptr;
  char problem_[CURL_ERROR_SIZE] = "";
  ReceivedResponse answer_;
  // Sockets that were opened for this request; empty if it reuses a connection.
  std::vector<curl_socket_t> opened_;
  // The first address that the guard refused; "" if it refused none.
  std::string refused_;
  // The limit of open files was reached when a socket was opened.
  bool is_out_of_files_ = false;
  bool is_resent_ = false;
  // The time spent before the request was sent again.
  absl::Duration before_resend_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_CURL_TRANSFER_H_
