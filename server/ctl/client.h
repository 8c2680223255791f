#ifndef WEBHOOKS_SERVER_CTL_CLIENT_H_
#define WEBHOOKS_SERVER_CTL_CLIENT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/ctl/options.h"

namespace google::protobuf {
class Message;
}

namespace grpc {
class Channel;
class Status;
}  // namespace grpc

namespace webhooks::ctl {

// Returns the status of a call: the details that the server gave, or a message
// that names `server` where none was reached. `is_plaintext`: the call did not
// go out in TLS, which the message names if the server may want it.
absl::Status StatusOf(const grpc::Status& status, const std::string& server,
                      bool is_plaintext);

// Returns a new request_id, a UUID.
std::string NewRequestId();

// Calls the server. A call that finds no server is tried again for a while,
// unless a repeat could do something else than the first.
class Client {
 public:
  // `options` must outlive this.
  explicit Client(const Options& options);

  // Returns the answer of `rpc` ("package.Service/Method") to `request`, or the
  // status that the server gave. UNAVAILABLE, DEADLINE_EXCEEDED without a
  // reason: the server was not reached, or did not answer in time.
  template <typename Response>
  absl::StatusOr<Response> Call(const std::string& rpc,
                                const google::protobuf::Message& request) {
    Response response;
    absl::Status status = Perform(rpc, request, response);
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
  absl::Status Perform(const std::string& rpc,
                       const google::protobuf::Message& request,
                       google::protobuf::Message& response);

  const Options& options_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_CLIENT_H_
