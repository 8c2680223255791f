#ifndef WEBHOOKS_SERVER_LISTEN_ACCEPTOR_H_
#define WEBHOOKS_SERVER_LISTEN_ACCEPTOR_H_

#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "server/listen/listening_socket.h"
#include "server/listen/open_connections.h"
#include "server/runtime/once_a_second.h"

namespace webhooks::server {

// Accepts connections on a thread of its own, and shuts those that are floods.
// gRPC's own listeners have no limit on connections, and never accept again
// once the process ran out of files for a moment.
class Acceptor {
 public:
  // Takes over a connection, non-blocking and close-on-exec, of `listener`.
  using Accepted = std::function<void(int listener, int connection)>;

  // Told of each connection that was shut. On a thread of the acceptor.
  using Shut = std::function<void(ConnectionUse::State)>;

  // Accepts on every socket from now on. A connection that `connections`
  // refuses is closed at once, which is logged. Where the process is out of
  // files it rests and tries again. UNAVAILABLE: it is so already.
  static absl::StatusOr<std::unique_ptr<Acceptor>> Start(
      std::vector<ListeningSocket> sockets, OpenConnections& connections,
      Accepted accepted, Shut shut);

  // Stops as StopAccepting does.
  ~Acceptor();

  // Accepts nothing from now on, and closes the sockets and the connections
  // that wait; goes on to shut floods.
  void StopAccepting();

 private:
  // A connection whose address must wait.
  struct Waiting {
    int listener;
    int connection;
    // Of OpenConnections.
    int descriptor;
  };

  Acceptor(std::vector<ListeningSocket> sockets, OpenConnections& connections,
           int poll, int stop_event, Accepted accepted, Shut shut);

  void Run();
  // Returns false if the file cannot be watched.
  bool Watch(int file, std::uint32_t events);
  // The connection is over.
  void Forget(int descriptor);
  void Rest();
  bool IsListener(int file) const;
  // Returns in how many milliseconds something must be done although no file is
  // ready; -1: never.
  int PollTimeoutMillis() const;
  // Accepts a connection that waits at `listener`; false if it must rest.
  bool AcceptOne(int listener);
  void Refuse(int connection, absl::string_view why,
              const sockaddr_storage& peer);
  bool AfterFailure(int error);
  void HandOverWaiting();
  void CloseSockets();
  void ExamineConnections();

  // Of the thread, once it runs.
  std::vector<ListeningSocket> sockets_;
  OpenConnections& connections_;
  const int poll_;
  // Wakes the thread.
  const int stop_event_;
  const Accepted accepted_;
  const Shut shut_;
  std::atomic<bool> is_accepting_ = true;
  std::atomic<bool> is_running_ = true;
  // The sockets are.
  absl::Notification closed_;
  // Of the thread.
  absl::Time examine_at_ = absl::InfinitePast();
  std::multimap<absl::Time, Waiting> waiting_;
  OnceASecond refusal_lines_;
  OnceASecond failure_lines_;
  OnceASecond flood_lines_;
  std::thread thread_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_ACCEPTOR_H_
