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

// One handle of libcurl, used for one request after another.
class CurlTransfer {
 public:
  // Both must outlive this.
  CurlTransfer(const CurlSender::Options& options,
               CurlConnections& connections);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer();

  CURL* handle() const { return handle_; }

  // Makes ready for `request`, to be added to a multi handle. Its private
  // pointer is this.
  void Prepare(HttpRequest request, Sender::Done done, absl::Time now);

  // Returns true if the request that ended with `code` should go once more, on
  // a new connection: an idle connection was used, which met its end before any
  // byte of an answer. Then makes the handle ready to be added again.
  bool PrepareResend(CURLcode code);

  // Returns the outcome, once libcurl is done with the handle.
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
  void FreeLists();
  v1::Attempt::Error ErrorOf(CURLcode code) const;
  void SetError(CURLcode code, v1::Attempt& attempt) const;
  std::string Problem(CURLcode code) const;
  std::string DetailOf(CURLcode code, v1::Attempt::Error error) const;
  // Returns true if nothing was sent, as this process had no file for it.
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
  // Sockets that were opened for this request; empty: an idle connection is
  // used.
  std::vector<curl_socket_t> opened_;
  // The guard refused an address.
  bool is_refused_ = false;
  // A socket could not be opened, as this process has too many files, or all.
  bool is_out_of_files_ = false;
  bool is_resent_ = false;
  // Time that the request took before it was sent again.
  absl::Duration before_resend_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_CURL_TRANSFER_H_
