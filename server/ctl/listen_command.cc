#include <signal.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "proto/json/compact_json.h"
#include "proto/json/json_depth.h"
#include "proto/json/json_text.h"
#include "proto/rpc/status.h"
#include "server/ctl/command.h"
#include "server/ctl/output.h"
#include "server/signing/standard_signature.h"
#include "webhooks/v1/delivery.pb.h"
#include "webhooks/v1/delivery_service.pb.h"
#include "webhooks/v1/webhook_service.pb.h"

// The command listen, which runs a receiver.
namespace webhooks::ctl {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

// The time in which a request must arrive.
constexpr std::chrono::seconds kTimeout{15};

// The flags that a server needs to deliver to this machine.
constexpr absl::string_view kNeeded =
    "--allow_http_urls and --allow_targets=127.0.0.1";

std::string Header(const http::request<http::string_body>& request,
                   const char* name) {
  return std::string(request[name]);
}

// Returns true if one of the signatures is valid for `secret`, and the
// timestamp is within the five minutes that Standard Webhooks allows.
bool IsSigned(const http::request<http::string_body>& request,
              const std::string& secret) {
  std::int64_t seconds = 0;
  if (!absl::SimpleAtoi(Header(request, "webhook-timestamp"), &seconds)) {
    return false;
  }
  const absl::Time time = absl::FromUnixSeconds(seconds);
  if (absl::AbsDuration(absl::Now() - time) > absl::Minutes(5)) return false;
  const std::string expected = server::StandardSignature(
      server::SignedContent(Header(request, "webhook-id"), time,
                            request.body()),
      secret);
  for (const absl::string_view given :
       absl::StrSplit(Header(request, "webhook-signature"), ' ')) {
    if (given == expected) return true;
  }
  return false;
}

// Returns the body if it is JSON, else as a JSON string; null if it is not
// UTF-8.
std::string BodyJson(const std::string& body) {
  if (auto json = CompactJson(body, kMaxJsonDepth)) return *std::move(json);
  std::string text;
  return AppendJsonString(body, text) ? text : "null";
}

// Returns the line to print for a delivery: for people, or as one JSON object.
std::string Line(const http::request<http::string_body>& request,
                 bool is_signed, bool json) {
  if (!json) {
    return absl::StrCat(
        absl::FormatTime("%H:%M:%E3S", absl::Now(), absl::LocalTimeZone()),
        is_signed ? " verified " : " NOT VERIFIED ", Printable(request.body()));
  }
  return absl::StrCat("{\"received_at\":\"",
                      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(),
                                       absl::UTCTimeZone()),
                      "\",\"verified\":", is_signed ? "true" : "false",
                      ",\"body\":", BodyJson(request.body()), "}");
}

struct Receiver {
  // The webhook's secret.
  std::string secret;
  // A text that only the body of the example event contains, which is not
  // printed.
  std::string example;
  bool json = false;
};

// Prints a delivery and accepts it.
class Delivery : public std::enable_shared_from_this<Delivery> {
 public:
  // `receiver` must outlive this.
  Delivery(tcp::socket socket, const Receiver& receiver)
      : stream_(std::move(socket)), receiver_(receiver) {}

  void Read() {
    stream_.expires_after(kTimeout);
    request_ = {};
    http::async_read(
        stream_, input_, request_,
        [self = shared_from_this()](beast::error_code error, std::size_t) {
          if (!error) self->Answer();
        });
  }

 private:
  void Answer() {
    if (!absl::StrContains(request_.body(), receiver_.example)) {
      std::cout << Line(request_, IsSigned(request_, receiver_.secret),
                        receiver_.json)
                << std::endl;
    }
    response_ = {http::status::ok, request_.version()};
    response_.keep_alive(request_.keep_alive());
    response_.prepare_payload();
    http::async_write(
        stream_, response_,
        [self = shared_from_this()](beast::error_code error, std::size_t) {
          if (!error && self->response_.keep_alive()) {
            self->Read();
          }
        });
  }

  beast::tcp_stream stream_;
  const Receiver& receiver_;
  beast::flat_buffer input_;
  http::request<http::string_body> request_;
  http::response<http::empty_body> response_;
};

void Accept(tcp::acceptor& acceptor, const Receiver& receiver) {
  acceptor.async_accept([&](beast::error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) {
      std::make_shared<Delivery>(std::move(socket), receiver)->Read();
    }
    Accept(acceptor, receiver);
  });
}

absl::StatusOr<v1::Webhook> Register(Session& session, int port) {
  v1::CreateWebhookRequest request;
  request.set_url(absl::StrCat("http://127.0.0.1:", port, "/"));
  request.set_description("webhookctl listen");
  request.set_request_id(NewRequestId());
  if (session.options.scope) {
    for (const absl::string_view type :
         absl::StrSplit(*session.options.scope, ',')) {
      request.add_scope(std::string(type));
    }
  } else {
    request.set_all_events(true);
  }
  auto webhook = session.client.Call<v1::Webhook>(
      "webhooks.v1.WebhookService/Create", request);
  if (Reason(webhook.status()) != "INVALID_URL") return webhook;
  return absl::FailedPreconditionError(
      absl::StrCat("the server refuses http:// URLs; it needs ", kNeeded));
}

// Makes the server send an example event, which it does not store.
// FAILED_PRECONDITION with the cause if deliveries cannot arrive.
absl::Status SendExample(Session& session, const v1::Webhook& webhook,
                         const std::string& example) {
  v1::TestWebhookRequest request;
  request.set_id(webhook.id_webhook_endpoint());
  request.set_data(absl::StrCat("\"", example, "\""));
  const auto attempt = session.client.Call<v1::Attempt>(
      "webhooks.v1.DeliveryService/Test", request);
  if (Reason(attempt.status()) == "DELIVERY_DISABLED") return attempt.status();
  // Another failure does not show that deliveries cannot arrive.
  if (!attempt.ok() || attempt->error() == v1::Attempt::ERROR_UNSPECIFIED) {
    return absl::OkStatus();
  }
  if (attempt->error() == v1::Attempt::TARGET_REFUSED) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the server refuses to deliver to this machine; it needs ", kNeeded));
  }
  return absl::FailedPreconditionError(
      absl::StrCat("the server cannot deliver to ", webhook.url(), ": ",
                   attempt->error_detail()));
}

absl::Status Remove(Session& session, const std::string& webhook) {
  v1::DeleteWebhookRequest request;
  request.set_id(webhook);
  const absl::Status status =
      session.client
          .Call<v1::Webhook>("webhooks.v1.WebhookService/Delete", request)
          .status();
  if (status.ok() || absl::IsNotFound(status)) return absl::OkStatus();
  return absl::Status(
      status.code(),
      absl::StrCat(status.message(), "; the webhook is still there: ",
                   "webhookctl webhook delete ", webhook));
}

absl::Status Listen(Session& session) {
  asio::io_context context;
  beast::error_code error;
  tcp::acceptor acceptor(context);
  const tcp::endpoint loopback(asio::ip::address_v4::loopback(), 0);
  acceptor.open(loopback.protocol(), error);
  if (!error) acceptor.bind(loopback, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return absl::UnavailableError(error.message());
  asio::signal_set signals(context, SIGINT, SIGTERM);
  const auto webhook = Register(session, acceptor.local_endpoint().port());
  if (!webhook.ok()) return webhook.status();
  signals.async_wait([&](beast::error_code, int) { context.stop(); });
  const Receiver receiver{webhook->secret(), NewRequestId(),
                          session.options.json};
  Accept(acceptor, receiver);
  std::thread receiving([&] { context.run(); });
  absl::Status status = SendExample(session, *webhook, receiver.example);
  session.client.Disconnect();
  if (status.ok()) {
    (session.options.json ? std::cerr : std::cout)
        << "webhook " << webhook->id_webhook_endpoint() << " listens at "
        << webhook->url() << "; Ctrl-C removes it" << std::endl;
  } else {
    context.stop();
  }
  receiving.join();
  absl::Status removed = Remove(session, webhook->id_webhook_endpoint());
  return status.ok() ? removed : status;
}

}  // namespace

std::vector<Command> ListenCommands() {
  return {{"listen",
           "",
           {"scope"},
           "Registers a webhook on this machine, prints each delivery and "
           "whether its signature is valid, and removes the webhook at the "
           "end. The server needs --allow_http_urls and "
           "--allow_targets=127.0.0.1.",
           &Listen}};
}

}  // namespace webhooks::ctl
