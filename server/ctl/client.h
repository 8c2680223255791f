#ifndef WEBHOOKS_SERVER_CTL_CLIENT_H_
#define WEBHOOKS_SERVER_CTL_CLIENT_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/ctl/options.h"

namespace webhooks::ctl {

// What a call ended with: the details that the server gave, or a message that
// names `server` where none was reached.
absl::Status StatusOf(const grpc::Status& status, const std::string& server);

// A request_id that nobody used: a UUID.
std::string NewRequestId();

// Calls the server. A call that finds no server is tried again for a while,
// unless a repeat could do something else than the first.
class Client {
 public:
  // `options` must outlive this.
  explicit Client(const Options& options);

  // The answer of `method` of `Service` to `request`:
  // Call<v1::WebhookService>(&v1::WebhookService::Stub::Get, request).
  template <typename Service, typename Stub, typename Request,
            typename Response>
  absl::StatusOr<Response> Call(
      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                   Response*),
      const Request& request) {
    absl::Status may = CheckServer();
    if (!may.ok()) return may;
    grpc::ClientContext context;
    Prepare(context);
    Response response;
    const auto stub = Service::NewStub(Connection());
    const absl::Status status = StatusOf(
        (stub.get()->*method)(&context, request, &response), options_.server);
    if (!status.ok()) return status;
    return response;
  }

  // Closes the connection; the next call makes another. For whoever makes no
  // calls for a while: nobody answers on the connection meanwhile, and a server
  // that stops would wait for that.
  void Disconnect() { channel_.reset(); }

 private:
  // INVALID_ARGUMENT: the key would leave this machine in plain text.
  absl::Status CheckServer() const;
  void Prepare(grpc::ClientContext& context) const;
  std::shared_ptr<grpc::Channel> Connection();

  const Options& options_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_CLIENT_H_
