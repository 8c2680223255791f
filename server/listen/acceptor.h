#ifndef WEBHOOKS_SERVER_LISTEN_ACCEPTOR_H_
#define WEBHOOKS_SERVER_LISTEN_ACCEPTOR_H_

#include <functional>
#include <string>
#include <thread>
#include <vector>

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

  // Accepts on every socket from now on. At most `max_connections` are open at
  // a time; one more is closed at once, which is logged. Where the process is
  // out of files it rests and tries again.
  Acceptor(std::vector<ListeningSocket> sockets, int max_connections,
           Accepted accepted);

  // Stops accepting and closes the sockets.
  ~Acceptor();

 private:
  void Run();
  // Accepts a connection that waits at `listener`; false if it must rest.
  bool AcceptOne(int listener);

  const std::vector<ListeningSocket> sockets_;
  // Becomes readable for the end.
  const int stop_event_;
  // The kernel gives the lowest number that is free, so the number of a new
  // connection tells how many are open.
  const int lowest_refused_;
  const Accepted accepted_;
  OnceASecond refusal_lines_;
  OnceASecond failure_lines_;
  std::thread thread_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_ACCEPTOR_H_
