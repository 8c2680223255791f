#ifndef WEBHOOKS_GATEWAY_HTTP_WORKER_H_
#define WEBHOOKS_GATEWAY_HTTP_WORKER_H_

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <thread>
#include <unordered_set>

#include "absl/strings/string_view.h"
#include "gateway/http/buffer_budget.h"
#include "gateway/http/connection_count.h"
#include "gateway/http/limits.h"
#include "gateway/http/request_handler.h"
#include "gateway/http/request_observer.h"
#include "server/runtime/once_a_second.h"

namespace webhooks::gateway {

class Connection;
class TlsContexts;

// A thread and its connections. A connection is used only on its worker's
// thread, so connections need no locks.
class Worker {
 public:
  // `open_connections` and `buffers` are those of all workers; `tls` is null
  // for plain text. All must outlive this object.
  Worker(const HttpLimits& limits, RequestHandler& handler,
         RequestObserver& observer, ConnectionCount& open_connections,
         Buffers& buffers, TlsContexts* tls);
  // Requires that Stop was called, or Start was not.
  ~Worker();

  void Start();
  // Closes idle connections, and each other one after its next answer,
  // asynchronously.
  void Drain();
  // Closes every connection, cancels their requests and joins the thread. Call
  // it after Drain, and after the listeners on this worker have stopped.
  void Stop();

  // Takes over a connected socket made on `context()`. Thread-safe.
  void Adopt(boost::asio::ip::tcp::socket socket);

  // May outlive this object: late answers are posted to it.
  const std::shared_ptr<boost::asio::io_context>& context() const {
    return context_;
  }

  // The functions below are for connections, on the worker's thread.
  const HttpLimits& limits() const { return limits_; }
  RequestHandler& handler() { return handler_; }
  RequestObserver& observer() { return observer_; }
  Buffers& buffers() { return buffers_; }
  bool draining() const { return draining_; }
  // Logs a measure against a client that exceeds a limit, at most once a
  // second.
  void Warn(absl::string_view what, absl::string_view client_address);
  void Forget(const std::shared_ptr<Connection>& connection);
  // The buffer for reads of all connections, as no read spans two events.
  std::array<char, 64 << 10>& scratch() { return scratch_; }

 private:
  const HttpLimits& limits_;
  RequestHandler& handler_;
  RequestObserver& observer_;
  ConnectionCount& open_connections_;
  Buffers& buffers_;
  TlsContexts* const tls_;
  std::shared_ptr<boost::asio::io_context> context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      work_;
  bool draining_ = false;
  OnceASecond warnings_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  std::array<char, 64 << 10> scratch_;
  std::thread thread_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_WORKER_H_
