#ifndef WEBHOOKS_SERVER_CALL_METHODS_H_
#define WEBHOOKS_SERVER_CALL_METHODS_H_

#include <grpcpp/generic/async_generic_service.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/call/call_observer.h"

namespace webhooks::server {

using CallContext = grpc::GenericCallbackServerContext;
using CallReactor = grpc::ServerGenericBidiReactor;

// The methods of a server, by name. Takes every call as soon as its headers are
// there, so that its sender is known before anything of its request is read;
// gRPC's generated services begin a unary call when it has been read. The call
// of a method that is not there ends with UNIMPLEMENTED (METHOD_UNKNOWN).
// Thread-safe once all methods are added.
class Methods final : public grpc::CallbackGenericService {
 public:
  // `observer` must outlive this.
  explicit Methods(CallObserver& observer) : observer_(observer) {}

  // Begins a call; what it returns deletes itself when gRPC is done with it.
  template <typename Handler>
  using Begin = CallReactor* (Handler::*)(CallContext& context);

  // Lets `handler`, which must outlive this, begin the calls of the method. The
  // service's name is the full one.
  template <typename Handler>
  void Add(absl::string_view service, absl::string_view method,
           Handler& handler, Begin<Handler> begin) {
    methods_[absl::StrCat("/", service, "/", method)] =
        [&handler, begin](CallContext& context) {
          return (handler.*begin)(context);
        };
  }

  // The methods that were added, each as "package.Service/Method".
  std::vector<std::string> names() const;

 private:
  CallReactor* CreateReactor(CallContext* context) override;

  CallObserver& observer_;
  // By their paths.
  absl::flat_hash_map<std::string, std::function<CallReactor*(CallContext&)>>
      methods_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_METHODS_H_
