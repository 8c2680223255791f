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

// Dispatches the calls of a server by method name. A call starts when its
// headers arrive, so that the caller is authenticated before the request is
// read; the services that gRPC generates read the request first. The call of an
// unknown method ends with UNIMPLEMENTED (METHOD_UNKNOWN). Thread-safe once all
// methods are added.
class Methods final : public grpc::CallbackGenericService {
 public:
  // `observer` must outlive this.
  explicit Methods(CallObserver& observer) : observer_(observer) {}

  // Starts a call. The reactor deletes itself when gRPC is done with it.
  template <typename Handler>
  using Begin = CallReactor* (Handler::*)(CallContext& context);

  // Adds a method, whose calls `handler` starts. `service` is the full name.
  // `handler` must outlive this.
  template <typename Handler>
  void Add(absl::string_view service, absl::string_view method,
           Handler& handler, Begin<Handler> begin) {
    methods_[absl::StrCat("/", service, "/", method)] =
        [&handler, begin](CallContext& context) {
          return (handler.*begin)(context);
        };
  }

  // Returns the names of all methods, each as "package.Service/Method".
  std::vector<std::string> names() const;

 private:
  CallReactor* CreateReactor(CallContext* context) override;

  CallObserver& observer_;
  // By path.
  absl::flat_hash_map<std::string, std::function<CallReactor*(CallContext&)>>
      methods_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_METHODS_H_
