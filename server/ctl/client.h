#ifndef WEBHOOKS_SERVER_CTL_CLIENT_H_
#define WEBHOOKS_SERVER_CTL_CLIENT_H_

#include <memory>
#include <string>
#include <utility>

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

// Returns the status of a call: the server's, with its details, or one whose
// message names `server` if it was not reached. `is_plaintext` is true if the
// call did not use TLS; the message then suggests TLS if the server may require
// it.
absl::Status StatusOf(const grpc::Status& status, const std::string& server,
                      bool is_plaintext);

// Returns a new request_id, a UUID.
std::string NewRequestId();

// Calls the server. Repeats a call that did not reach it, unless a repeat could
// have another effect than the first call. Not thread-safe.
class Client {
 public:
  // `options` must outlive this.
  explicit Client(const Options& options);

  // Returns the answer of `rpc` ("package.Service/Method") to `request`, or the
  // server's error. UNAVAILABLE or DEADLINE_EXCEEDED without a reason if the
  // server was not reached or did not answer in time.
  template <typename Response>
  absl::StatusOr<Response> Call(const std::string& rpc,
                                const google::protobuf::Message& request) {
    Response response;
    absl::Status status = Perform(rpc, request, response);
    if (!status.ok()) return status;
    return response;
  }

  // Sets the project that the following calls name in x-project.
  void SetProject(std::string id) { project_ = std::move(id); }

  // Closes the connection; the next call opens a new one. Use it before a long
  // time without calls: the connection is not served meanwhile, and would delay
  // a server that stops.
  void Disconnect() { channel_.reset(); }

 private:
  // Returns INVALID_ARGUMENT if the key would leave this machine in plain text.
  absl::Status CheckServer() const;
  absl::Status Perform(const std::string& rpc,
                       const google::protobuf::Message& request,
                       google::protobuf::Message& response);

  const Options& options_;
  // "" if calls name none.
  std::string project_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_CLIENT_H_
