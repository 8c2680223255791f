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

// Accepts connections on its own thread, and shuts floods. The listeners of
// gRPC have no limit on connections, and stop accepting for ever once the
// process has run out of file descriptors.
class Acceptor {
 public:
  // Takes ownership of a connection of `listener`, which is non-blocking and
  // close-on-exec.
  using Accepted = std::function<void(int listener, int connection)>;

  // Called for each connection that was shut, on the acceptor's thread.
  using Shut = std::function<void(ConnectionUse::State)>;

  // Starts to accept on every socket. Closes and logs a connection that
  // `connections` refuses. When the process is out of file descriptors, waits a
  // moment and tries again. UNAVAILABLE if there is none left for the acceptor
  // itself.
  static absl::StatusOr<std::unique_ptr<Acceptor>> Start(
      std::vector<ListeningSocket> sockets, OpenConnections& connections,
      Accepted accepted, Shut shut);

  // Stops the thread; see StopAccepting.
  ~Acceptor();

  // Stops accepting, and closes the sockets and the waiting connections.
  // Continues to shut floods.
  void StopAccepting();

 private:
  // A connection that is not handed over yet, because its address must wait.
  struct Waiting {
    int listener;
    int connection;
    // See OpenConnections::Add.
    int descriptor;
  };

  Acceptor(std::vector<ListeningSocket> sockets, OpenConnections& connections,
           int poll, int stop_event, Accepted accepted, Shut shut);

  void Run();
  // Returns false if the file cannot be watched.
  bool Watch(int file, std::uint32_t events);
  // Removes a connection that has ended.
  void Forget(int descriptor);
  void StopForMoment();
  bool IsListener(int file) const;
  // Returns the timeout of the next poll in milliseconds; -1 for none.
  int PollTimeoutMillis() const;
  // Accepts a pending connection of `listener`. Returns false if the thread
  // should wait before it accepts again.
  bool AcceptOne(int listener);
  void Refuse(int connection, absl::string_view why,
              const sockaddr_storage& peer);
  bool HandleFailure(int error);
  void AcceptWaiting();
  void CloseSockets();
  void ExamineConnections();

  // Used only by the thread once it runs.
  std::vector<ListeningSocket> sockets_;
  OpenConnections& connections_;
  const int poll_;
  // Wakes the thread.
  const int stop_event_;
  const Accepted accepted_;
  const Shut shut_;
  std::atomic<bool> is_accepting_ = true;
  std::atomic<bool> is_running_ = true;
  // The sockets are closed.
  absl::Notification closed_;
  // Used only by the thread.
  absl::Time examine_at_ = absl::InfinitePast();
  std::multimap<absl::Time, Waiting> waiting_;
  OnceASecond refusal_log_;
  OnceASecond failure_log_;
  OnceASecond flood_log_;
  std::thread thread_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_ACCEPTOR_H_
