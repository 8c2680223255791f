#ifndef WEBHOOKS_SERVER_CALL_CALL_LOAD_H_
#define WEBHOOKS_SERVER_CALL_CALL_LOAD_H_

#include <atomic>

namespace webhooks::server {

class CallConnection;

// Tells a client that makes one call after the other, with nobody beside it,
// from many. Only the first may block a thread of gRPC, which has few: others
// would be read late and could not share a transaction. Thread-safe.
class CallLoad {
 public:
  // A call begins that came by `connection`, which may be null. Returns true if
  // the call before came by it too.
  bool Begin(const CallConnection* connection) {
    ++calls_;
    return last_connection_.exchange(connection) == connection;
  }

  // A call has ended.
  void End() { --calls_; }

  // Returns true if no more than one call is open.
  bool IsLow() const { return calls_ <= 1; }

 private:
  std::atomic<int> calls_ = 0;
  // Only compared: the connection may be gone.
  std::atomic<const CallConnection*> last_connection_ = nullptr;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CALL_LOAD_H_
