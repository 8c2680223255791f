#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "absl/time/clock.h"
#include "gateway/errors.h"
#include "gateway/http/connection.h"
#include "gateway/http/request_log.h"
#include "gateway/http/response_format.h"
#include "gateway/http/worker.h"
#include "server/runtime/request_id.h"

// The part of Connection that runs the exchange, writes the answer and closes
// the connection.
namespace webhooks::gateway {
namespace {

namespace asio = boost::asio;
using Error = boost::system::error_code;

// Short strings need no memory of their own.
std::size_t Memory(const std::string& buffer) {
  static const std::size_t kInPlace = std::string().capacity();
  return buffer.capacity() > kInPlace ? buffer.capacity() : 0;
}

}  // namespace

void Connection::CountBuffers() {
  const std::size_t bytes = Memory(input_) + Memory(output_) +
                            (reader_ != nullptr ? reader_->body_bytes() : 0);
  worker_.buffers().bytes += bytes - counted_;
  counted_ = bytes;
}

// A body counts until its request ends, as its message has about the same size.
void Connection::ForgetRequest() {
  reader_.reset();
  buffered_.Resize(0);
}

void Connection::RunExchange() {
  phase_ = Phase::kRunning;
  // The handler's own deadline bounds this phase.
  timer_.cancel();
  const auto context = worker_.context();
  Respond respond = [context,
                     weak = weak_from_this()](HttpResponse response) mutable {
    asio::post(*context, [weak = std::move(weak),
                          response = std::move(response)]() mutable {
      const auto self = weak.lock();
      if (self == nullptr || self->phase_ != Phase::kRunning) return;
      self->Answer(std::move(response));
    });
  };
  exchange_->Run(reader_->TakeBody(), std::move(respond),
                 [context](absl::AnyInvocable<void()> task) {
                   asio::post(*context, std::move(task));
                 });
  // Detects a client that closes the connection. Not if it has sent more, which
  // would be read without limit.
  if (input_.empty()) AwaitInput();
}

void Connection::Fail(const absl::Status& status) {
  is_last_ = true;
  Answer(worker_.handler().AnswerError(status));
}

void Connection::Answer(HttpResponse response) {
  phase_ = Phase::kWriting;
  if (exchange_ != nullptr) response.route = std::string(exchange_->route());
  exchange_.reset();
  const bool keep_alive =
      !is_last_ && !worker_.draining() && reader_ && reader_->keep_alive();
  is_last_ = !keep_alive;
  static const RequestHead kNoHead;
  const RequestHead& head = reader_ ? reader_->head() : kNoHead;
  const std::string request_id = RequestIdOr(head.request_id);
  LogAnswer(head, response, request_id, absl::Now() - started_,
            worker_.observer());
  output_ = FormatResponse(response,
                           {.request_id = request_id,
                            .keep_alive = keep_alive,
                            .is_http10 = reader_ && reader_->is_http10(),
                            .is_head = head.method == "HEAD"},
                           absl::Now());
  written_ = 0;
  Arm(worker_.limits().write_timeout);
  Write();
}

void Connection::Write() {
  while (written_ < output_.size()) {
    Error error;
    written_ +=
        transport_.Write(absl::string_view(output_).substr(written_), error);
    if (error == asio::error::would_block) {
      if (!unread_.Resize(output_.size())) {
        worker_.Warn("too many answers wait to be read, so more are cut off",
                     client_.address);
        return Close();
      }
      CountBuffers();
      return transport_.WaitToWrite(
          [self = shared_from_this()](const Error& wait_error) {
            if (self->phase_ != Phase::kWriting) return;
            if (wait_error) return self->Close();
            self->Write();
          });
    }
    if (error) return Close();
  }
  FinishAnswer();
}

void Connection::FinishAnswer() {
  unread_.Resize(0);
  if (is_last_) return Linger();
  // Posted, so that pipelined requests neither deepen the stack nor delay other
  // connections.
  if (!input_.empty()) {
    phase_ = Phase::kIdle;
    return asio::post(*worker_.context(), [self = shared_from_this()] {
      if (self->phase_ == Phase::kIdle) self->AwaitRequest();
    });
  }
  AwaitRequest();
}

void Connection::Linger() {
  if (input_ended_) return Close();
  Error error;
  transport_.EndOutput(error);
  if (error) return Close();
  phase_ = Phase::kLingering;
  ForgetRequest();
  FreeBuffer(input_);
  FreeBuffer(output_);
  Arm(worker_.limits().linger_timeout);
  AwaitInput();
}

void Connection::Arm(absl::Duration timeout) {
  timer_.expires_after(absl::ToChronoNanoseconds(timeout));
  timer_.async_wait([self = shared_from_this()](const Error& error) {
    if (error || self->phase_ == Phase::kClosed) return;
    // A wait that had expired when the timer was set again is not cancelled.
    if (self->timer_.expiry() > std::chrono::steady_clock::now()) return;
    self->OnTimeout();
  });
}

void Connection::OnTimeout() {
  switch (phase_) {
    case Phase::kHead:
      return Fail(RequestTimeout("header"));
    case Phase::kBody:
      return Fail(RequestTimeout("body"));
    case Phase::kRunning:
      return;
    default:
      return Close();
  }
}

}  // namespace webhooks::gateway
