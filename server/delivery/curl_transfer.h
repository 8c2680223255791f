#ifndef WEBHOOKS_SERVER_DELIVERY_CURL_TRANSFER_H_
#define WEBHOOKS_SERVER_DELIVERY_CURL_TRANSFER_H_

#include <curl/curl.h>

#include <cstddef>
#include <string>

#include "server/delivery/curl_sender.h"

namespace webhooks::server {

// One handle of libcurl, used for one request after another.
class CurlTransfer {
 public:
  // `options` must outlive this.
  explicit CurlTransfer(const CurlSender::Options& options);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer();

  CURL* handle() const { return handle_; }

  // Makes ready for `request`, to be added to a multi handle. Its private
  // pointer is this.
  void Prepare(HttpRequest request, Sender::Done done, absl::Time now);

  // What came of it, once libcurl is done with it.
  HttpOutcome Outcome(CURLcode code);

  Sender::Done TakeDone() { return std::move(done_); }

 private:
  static curl_socket_t OpenSocket(void* self, curlsocktype purpose,
                                  curl_sockaddr* address);
  static int BeforeRequest(void* self, char* address, char*, int, int);
  static std::size_t TakeHeader(char* text, std::size_t, std::size_t size,
                                void* self);
  static std::size_t TakeBody(char* text, std::size_t, std::size_t size,
                              void* self);

  void SetConstants();
  void SetHost();
  void FreeLists();
  v1::Attempt::Error ErrorOf(CURLcode code) const;
  void SetTimes(v1::Attempt& attempt) const;
  template <typename T>
  T Info(CURLINFO info) const;

  const CurlSender::Options& options_;
  CURL* const handle_;
  HttpRequest request_;
  Sender::Done done_;
  absl::Time started_at_;
  curl_slist* headers_ = nullptr;
  curl_slist* hosts_ = nullptr;
  char problem_[CURL_ERROR_SIZE] = "";
  // What has come of the answer.
  std::string body_;
  std::string retry_after_;
  std::size_t body_size_ = 0;
  std::size_t header_size_ = 0;
  bool is_refused_ = false;
  bool is_body_cut_ = false;
  bool is_header_too_large_ = false;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_CURL_TRANSFER_H_
