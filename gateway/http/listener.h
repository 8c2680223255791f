#ifndef WEBHOOKS_GATEWAY_HTTP_LISTENER_H_
#define WEBHOOKS_GATEWAY_HTTP_LISTENER_H_

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace webhooks::gateway {

class Worker;

// Returns the time of the next accept after one that ended with `error`.
enum class NextAccept { kNow, kLater, kNever };
NextAccept NextAcceptAfter(const boost::system::error_code& error);

// Accepts connections on one address and distributes them to workers. Runs on
// one worker's thread, and must not outlive that worker.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  using NextWorker = std::function<Worker&()>;

  // Binds and listens, but accepts nothing before Start. UNAVAILABLE tells the
  // problem ("cannot listen on 127.0.0.1:80: Permission denied"); NOT_FOUND:
  // this machine has no such address.
  static absl::StatusOr<std::shared_ptr<Listener>> Open(
      const boost::asio::ip::tcp::endpoint& endpoint, Worker& home,
      NextWorker next);

  Listener(boost::asio::ip::tcp::acceptor acceptor, Worker& home,
           NextWorker next);

  void Start();
  // Stops accepting, asynchronously: the address is free soon after.
  void Stop();

  // Returns the address with the port that was chosen.
  std::string address() const;

 private:
  void Accept();
  void AcceptLater(const boost::system::error_code& error);

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  Worker& home_;
  NextWorker next_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_LISTENER_H_
