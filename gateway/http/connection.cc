#include "gateway/http/connection.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <exception>
#include <utility>
#include <variant>

#include "absl/time/clock.h"
#include "gateway/errors.h"
#include "gateway/http/request_log.h"
#include "gateway/http/worker.h"
#include "proto/rpc/status.h"
#include "server/runtime/log.h"

namespace webhooks::gateway {
namespace {

namespace asio = boost::asio;
using Error = boost::system::error_code;

}  // namespace

Connection::Connection(Transport transport, std::string address, Worker& worker)
    : transport_(std::move(transport)),
      timer_(*worker.context()),
      worker_(worker),
      client_{std::move(address), ""},
      buffered_(worker.buffers().requests, client_.address),
      unread_(worker.buffers().answers, client_.address) {}

void Connection::Start() {
  Arm(worker_.limits().header_timeout);
  Greet();
}

// Waits for the request although it is not read: clients treat an answer before
// their request as a broken connection.
void Connection::Refuse() {
  is_refused_ = true;
  Arm(worker_.limits().linger_timeout);
  Greet();
}

void Connection::Drain() {
  if (phase_ == Phase::kIdle || phase_ == Phase::kGreeting) Close();
}

void Connection::Close() {
  if (phase_ == Phase::kClosed) return;
  if (phase_ == Phase::kRunning) {
    HttpResponse unsent;
    const absl::Status cancelled = CallCancelled();
    unsent.status = HttpStatus(cancelled);
    unsent.reason = Reason(cancelled);
    unsent.route = std::string(exchange_->route());
    LogAnswer(reader_->head(), unsent, reader_->head().request_id,
              absl::Now() - started_, worker_.observer());
    exchange_->Cancel();
  }
  phase_ = Phase::kClosed;
  exchange_.reset();
  ForgetRequest();
  std::string().swap(input_);
  std::string().swap(output_);
  CountBuffers();
  timer_.cancel();
  transport_.Close();
  worker_.Forget(shared_from_this());
}

void Connection::Greet() {
  // A connection that begins now would keep the worker from ending.
  if (worker_.draining()) return Close();
  Error error;
  transport_.Handshake(error);
  if (error == asio::error::would_block) {
    return transport_.WaitToRead(
        [self = shared_from_this()](const Error& wait_error) {
          if (self->phase_ != Phase::kGreeting) return;
          if (wait_error) return self->Close();
          self->Greet();
        });
  }
  if (error) {
    const std::string message = error.message();
    Log(LogLevel::kDebug, "handshake failed", {{"error", message}});
    // Closing at once could overtake the alert that tells the client the cause.
    return Linger();
  }
  client_.certificate = transport_.client_certificate();
  if (!is_refused_) return AwaitRequest();
  phase_ = Phase::kIdle;
  AwaitInput();
}

void Connection::AwaitRequest() {
  ForgetRequest();
  FreeBuffer(output_);
  phase_ = Phase::kIdle;
  if (!input_.empty()) return OnInput();
  if (worker_.draining() || input_ended_) return Close();
  FreeBuffer(input_);
  Arm(worker_.limits().idle_timeout);
  AwaitInput();
}

// Waits without a buffer: an idle connection, or one whose request is being
// answered, costs no more than its socket.
void Connection::AwaitInput() {
  CountBuffers();
  if (awaiting_input_ || input_ended_) return;
  awaiting_input_ = true;
  transport_.WaitToRead([self = shared_from_this()](const Error& error) {
    self->awaiting_input_ = false;
    if (self->phase_ == Phase::kClosed) return;
    if (error) return self->Close();
    self->TakeInput();
  });
}

void Connection::TakeInput() {
  Error error;
  auto& scratch = worker_.scratch();
  const bool is_dropped = phase_ == Phase::kLingering;
  std::size_t size = 0;
  if (is_dropped) {
    transport_.Drop(absl::MakeSpan(scratch), error);
  } else {
    size = transport_.Read(absl::MakeSpan(scratch), error);
  }
  if (error == asio::error::would_block) return AwaitInput();
  if (error == asio::error::eof) return OnInputEnd();
  if (error) return Close();
  if (is_dropped) return AwaitInput();
  input_.append(scratch.data(), size);
  OnInput();
}

// No known code path of a request throws. If one does, it ends the connection
// and not the process.
void Connection::OnInput() {
  try {
    ReadInput();
  } catch (const std::exception& error) {
    Log(LogLevel::kWarning, "a request failed", {{"error", error.what()}});
    if (phase_ == Phase::kHead || phase_ == Phase::kBody ||
        phase_ == Phase::kRunning) {
      return Fail(GatewayFailure());
    }
    Close();
  }
}

void Connection::ReadInput() {
  switch (phase_) {
    case Phase::kIdle:
      started_ = absl::Now();
      if (is_refused_) return Fail(TooManyConnections());
      phase_ = Phase::kHead;
      reader_ = std::make_unique<RequestReader>(worker_.limits().header_bytes,
                                                client_);
      Arm(worker_.limits().header_timeout);
      return ReadHead();
    case Phase::kHead:
      return ReadHead();
    case Phase::kBody:
      return ReadBody();
    default:
      // The next request came early. It waits in `input_`, and the rest of it
      // in the socket, until this one is answered.
      return;
  }
}

// The client sends no more, but may still read: a complete request gets its
// answer. A client that has closed its socket resets the connection then.
void Connection::OnInputEnd() {
  input_ended_ = true;
  if (phase_ == Phase::kWriting) return;
  if (phase_ != Phase::kRunning) return Close();
  is_last_ = true;
  transport_.WaitForReset([self = shared_from_this()](const Error&) {
    if (self->phase_ == Phase::kRunning) self->Close();
  });
}

void Connection::ReadHead() {
  if (absl::Status status = reader_->ReadHead(input_); !status.ok()) {
    return Fail(status);
  }
  if (!reader_->head_done()) return AwaitInput();
  AcceptRequest();
}

void Connection::AcceptRequest() {
  if (reader_->expects_unknown()) return Fail(UnsupportedExpectation());
  auto accepted = worker_.handler().Accept(reader_->head());
  if (auto* refusal = std::get_if<HttpResponse>(&accepted)) {
    return AnswerRefused(std::move(*refusal));
  }
  exchange_ = std::move(std::get<std::unique_ptr<Exchange>>(accepted));
  const absl::Status status = reader_->LimitBody(
      std::max(worker_.limits().body_bytes, exchange_->max_body_bytes()));
  if (!status.ok()) return Fail(status);
  phase_ = Phase::kBody;
  if (!reader_->done()) {
    if (reader_->expects_continue() && input_.empty()) SendContinue();
    if (phase_ == Phase::kClosed) return;
    Arm(worker_.limits().body_timeout);
  }
  ReadBody();
}

// Keeps the connection open only if the body has arrived: waiting for a body
// that is not needed would delay the answer.
void Connection::AnswerRefused(HttpResponse response) {
  absl::Status status = reader_->LimitBody(worker_.limits().body_bytes);
  if (status.ok()) status = reader_->ReadBody(input_);
  is_last_ = !status.ok() || !reader_->done();
  Answer(std::move(response));
}

void Connection::SendContinue() {
  constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  Error error;
  transport_.WriteShort(kContinue, error);
  // A full socket means that earlier answers wait to be read. The client may
  // send its body without 100 Continue.
  if (error == asio::error::would_block) return;
  // The rest of it would be read as a part of the answer.
  if (error) Close();
}

void Connection::ReadBody() {
  if (absl::Status status = reader_->ReadBody(input_); !status.ok()) {
    return Fail(status);
  }
  if (!buffered_.Resize(reader_->body_bytes() + input_.size())) {
    return Fail(TooManyBytesBuffered("too many requests are arriving"));
  }
  if (!reader_->done()) return AwaitInput();
  RunExchange();
}

}  // namespace webhooks::gateway
