#ifndef WEBHOOKS_SERVER_LISTEN_ACCEPTOR_H_
#define WEBHOOKS_SERVER_LISTEN_ACCEPTOR_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/listen/connections_by_address.h"
#include "server/listen/listening_socket.h"
#include "server/runtime/once_a_second.h"

namespace webhooks::server {

// Accepts connections on a thread of its own. gRPC's own listeners have no
// limit on connections, and never accept again once the process ran out of
// files for a moment.
class Acceptor {
 public:
  // Takes over a connection, non-blocking and close-on-exec, of `listener`.
  using Accepted = std::function<void(int listener, int connection)>;

  // How many connections may be open at a time: 1 to 1,000,000.
  struct Limits {
    int connections;
    // From one address; see ClientAddress.
    int connections_per_address;
  };

  // Accepts on every socket from now on. One connection more than `limits` has
  // is closed at once, which is logged. Other files that the process opens
  // meanwhile take some of the places. Where it is out of files it rests and
  // tries again. UNAVAILABLE: it is so already.
  static absl::StatusOr<std::unique_ptr<Acceptor>> Start(
      std::vector<ListeningSocket> sockets, const Limits& limits,
      Accepted accepted);

  // Stops accepting and closes the sockets.
  ~Acceptor();

 private:
  Acceptor(std::vector<ListeningSocket> sockets, int lowest_refused,
           int max_per_address, int stop_event, Accepted accepted);

  void Run();
  // Accepts a connection that waits at `listener`; false if it must rest.
  bool AcceptOne(int listener);
  void Refuse(int connection, absl::string_view why,
              const sockaddr_storage& peer);
  bool AfterFailure(int error);

  const std::vector<ListeningSocket> sockets_;
  // Becomes readable for the end.
  const int stop_event_;
  // The kernel gives the lowest number that is free, so the number of a new
  // connection tells how many are open.
  const int lowest_refused_;
  const Accepted accepted_;
  // Of the thread.
  ConnectionsByAddress by_address_;
  OnceASecond refusal_lines_;
  OnceASecond failure_lines_;
  std::thread thread_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_ACCEPTOR_H_
