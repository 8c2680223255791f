#ifndef WEBHOOKS_SERVER_CALL_CALL_LOAD_H_
#define WEBHOOKS_SERVER_CALL_CALL_LOAD_H_

#include <atomic>

namespace webhooks::server {

class CallConnection;

// Detects a lone client, which makes one call after another while there are no
// other calls. Only its calls may block a thread of gRPC, which has few; other
// calls would be delayed and could not share a transaction. Thread-safe.
class CallLoad {
 public:
  // Counts a call on `connection`. Returns true if the previous call was on the
  // same connection; false if it is null.
  bool StartCall(const CallConnection* connection) {
    ++calls_;
    const CallConnection* const last = last_connection_.exchange(connection);
    return connection != nullptr && last == connection;
  }

  void FinishCall() { --calls_; }

  // Returns true if at most one call is open.
  bool IsLow() const { return calls_ <= 1; }

 private:
  std::atomic<int> calls_ = 0;
  // Never dereferenced: the connection may be gone.
  std::atomic<const CallConnection*> last_connection_ = nullptr;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CALL_LOAD_H_
