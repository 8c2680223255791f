#ifndef WEBHOOKS_GATEWAY_HTTP_CONNECTION_H_
#define WEBHOOKS_GATEWAY_HTTP_CONNECTION_H_

#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/http/buffer_budget.h"
#include "gateway/http/request_handler.h"
#include "gateway/http/request_reader.h"
#include "gateway/http/transport.h"

namespace webhooks::gateway {

class Worker;

// One client's connection: reads requests, one at a time and in order, and
// writes their answers. Belongs to its worker and is used on its thread alone.
// Between requests it holds no buffers.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // `address` is that of HttpClient.
  Connection(Transport transport, std::string address, Worker& worker);

  // Exactly one of these starts the connection.
  void Start();
  void Refuse();  // answers the first request with 503

  // Closes the connection now if it is idle, else after the next answer.
  void Drain();
  // Closes it now and cancels the request in progress. Idempotent.
  void Close();

  const HttpClient& client() const { return client_; }

 private:
  enum class Phase {
    kGreeting,   // in the TLS handshake
    kIdle,       // waiting for the first byte of a request
    kHead,       // reading the header block
    kBody,       // reading the body
    kRunning,    // waiting for the handler's answer
    kWriting,    // writing the answer
    kLingering,  // all is written; dropping what the client still sends
    kClosed,
  };

  // Reading.
  void Greet();
  void AwaitRequest();
  void AwaitInput();
  void TakeInput();
  void OnInput();
  void ReadInput();
  void OnInputEnd();
  void ReadHead();
  void AcceptRequest();
  void AnswerRefused(HttpResponse response);
  void SendContinue();
  void ReadBody();
  void RunExchange();
  void ForgetRequest();

  // Answering.
  void Fail(const absl::Status& status);
  void Answer(HttpResponse response);
  void Write();
  void FinishAnswer();
  void Linger();

  void CountBuffers();
  void Arm(absl::Duration timeout);
  void OnTimeout();

  Transport transport_;
  boost::asio::steady_timer timer_;
  Worker& worker_;
  Phase phase_ = Phase::kGreeting;
  bool is_refused_ = false;
  bool awaiting_input_ = false;
  bool input_ended_ = false;
  // No further request can be read from this connection.
  bool is_last_ = false;
  HttpClient client_;
  // Received bytes that do not belong to a request yet.
  std::string input_;
  std::string output_;
  std::size_t written_ = 0;
  // The request in progress.
  std::unique_ptr<RequestReader> reader_;
  BufferBudget::Share buffered_;
  // The part of output_ that has not been sent.
  BufferBudget::Share unread_;
  // This connection's part of Buffers::bytes.
  std::size_t counted_ = 0;
  std::unique_ptr<Exchange> exchange_;
  absl::Time started_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_CONNECTION_H_
