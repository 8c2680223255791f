#ifndef WEBHOOKS_TESTS_UNIT_GATEWAY_FAKE_BACKEND_H_
#define WEBHOOKS_TESTS_UNIT_GATEWAY_FAKE_BACKEND_H_

#include <functional>
#include <utility>
#include <vector>

#include "gateway/backend/backend.h"

namespace webhooks::gateway {

// A Backend that answers each call by a function before Start returns, and
// keeps the calls.
class FakeBackend : public Backend {
 public:
  // Fills the response of the call. Returns the end of the call.
  using Answer = std::function<Reply(Call&)>;

  explicit FakeBackend(Answer answer) : answer_(std::move(answer)) {}

  Cancel Start(Call call, Done done) override {
    Reply reply = answer_(call);
    reply.response = std::move(call.response);
    calls.push_back(std::move(call));
    done(std::move(reply));
    return [this] { ++cancellations; };
  }

  std::vector<Call> calls;
  int cancellations = 0;

 private:
  Answer answer_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_TESTS_UNIT_GATEWAY_FAKE_BACKEND_H_
