#ifndef WEBHOOKS_TESTS_SUPPORT_SCRIPTED_SERVER_H_
#define WEBHOOKS_TESTS_SUPPORT_SCRIPTED_SERVER_H_

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace webhooks::testing {

// A connection of a ScriptedServer.
class ScriptedConnection {
 public:
  ScriptedConnection(int socket, int stop) : socket_(socket), stop_(stop) {}

  // Reads one request up to the end of its body. Returns "" if the client or
  // the test has closed the connection.
  std::string ReadRequest();

  // Returns false if the client has closed the connection.
  bool Send(const std::string& bytes);

  // Waits until the client or the test closes the connection.
  void Hang();

  // Waits for `milliseconds`, or without a limit if it is -1. Returns false if
  // the client or the test has closed the connection.
  bool Pause(int milliseconds);

  int socket() const { return socket_; }

 private:
  const int socket_;
  const int stop_;
  std::string input_;
};

// A server on loopback that runs a script of the test on each connection. Each
// connection has its own thread. The destructor closes all connections.
class ScriptedServer {
 public:
  // `number` counts the connections from 0.
  using Script =
      std::function<void(ScriptedConnection& connection, int number)>;

  explicit ScriptedServer(Script script);
  ~ScriptedServer();

  int port() const { return port_; }
  std::string url() const;

  // Returns the total number of connections.
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
