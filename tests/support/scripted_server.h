#ifndef WEBHOOKS_TESTS_SUPPORT_SCRIPTED_SERVER_H_
#define WEBHOOKS_TESTS_SUPPORT_SCRIPTED_SERVER_H_

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace webhooks::testing {

// One connection of a ScriptedServer.
class ScriptedConnection {
 public:
  ScriptedConnection(int socket, int stop) : socket_(socket), stop_(stop) {}

  // Reads one request up to the end of its body; "": the client has gone.
  std::string ReadRequest();

  // False: the client has gone.
  bool Send(const std::string& bytes);

  // Waits until the client or the test ends it.
  void Hang();

  // Waits as long; false: the client or the test has ended it.
  bool Pause(int milliseconds);

  int socket() const { return socket_; }

 private:
  const int socket_;
  const int stop_;
  std::string input_;
};

// A server on loopback whose every connection does what a test says, on a
// thread of its own. Closes them all at the end.
class ScriptedServer {
 public:
  // `number` counts the connections from 0.
  using Script =
      std::function<void(ScriptedConnection& connection, int number)>;

  explicit ScriptedServer(Script script);
  ~ScriptedServer();

  int port() const { return port_; }
  std::string url() const;

  // Returns the number of connections that there were.
  int connections();

 private:
  void Run();

  const Script script_;
  int listener_ = -1;
  int stop_ = -1;
  int port_ = 0;
  absl::Mutex mutex_;
  int connections_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::thread> threads_;
  std::thread thread_;
};

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_SCRIPTED_SERVER_H_
