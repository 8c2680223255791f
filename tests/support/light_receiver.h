#ifndef WEBHOOKS_TESTS_SUPPORT_LIGHT_RECEIVER_H_
#define WEBHOOKS_TESTS_SUPPORT_LIGHT_RECEIVER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace webhooks::testing {

// A minimal HTTP/1.1 receiver on loopback, on its own thread, that answers
// every POST with 200.
class LightReceiver {
 public:
  // Receives the head and the body of each request, on the receiver's thread.
  using Observer = std::function<void(absl::string_view request)>;

  explicit LightReceiver(Observer observer = nullptr);
  ~LightReceiver();

  // "http://127.0.0.1:PORT"
  const std::string& url() const { return url_; }

  std::int64_t count();

  // Waits until `count` requests have arrived in total.
  void Await(std::int64_t count);

 private:
  void Run();
  void Accept();
  // Returns false if the client has closed the connection.
  bool Read(int connection);
  // Answers every complete request in `input`, and removes it.
  void Answer(int connection, std::string& input);

  const Observer observer_;
  std::string url_;
  int listener_ = -1;
  int stop_ = -1;
  int epoll_ = -1;
  absl::flat_hash_map<int, std::string> inputs_;
  absl::Mutex mutex_;
  std::int64_t count_ ABSL_GUARDED_BY(mutex_) = 0;
  std::thread thread_;
};

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_LIGHT_RECEIVER_H_
