#ifndef WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_FAKE_HANDLER_H_
#define WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_FAKE_HANDLER_H_

#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "gateway/errors.h"
#include "gateway/http/request_handler.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {

// Answers by path: /held waits for Release, /refused is a 404 from Accept,
// /large is 8 MiB, /throws throws, and everything else is echoed as "METHOD
// target|body". Errors are "REASON" in quotes.
class FakeHandler : public RequestHandler {
 public:
  std::variant<HttpResponse, std::unique_ptr<Exchange>> Accept(
      const RequestHead& head) override {
    if (head.path == "/throws") throw std::runtime_error("thrown");
    if (head.path == "/refused") return Answer(404, "\"refused\"");
    std::string line = absl::StrCat(head.method, " ", head.path,
                                    head.query.empty() ? "" : "?", head.query);
    return std::make_unique<FakeExchange>(*this, std::move(line));
  }

  HttpResponse AnswerError(const absl::Status& status) const override {
    return Answer(HttpStatus(status), absl::StrCat("\"", Reason(status), "\""));
  }

  // Waits for a held request, and answers the first one.
  bool AwaitHeld() {
    absl::MutexLock lock(&mutex_);
    const auto is_held = [this] {
      mutex_.AssertHeld();
      return !held_.empty();
    };
    return mutex_.AwaitWithTimeout(absl::Condition(&is_held),
                                   absl::Seconds(10));
  }
  void Release(HttpResponse response) {
    Respond respond;
    {
      absl::MutexLock lock(&mutex_);
      respond = std::move(held_.front());
      held_.pop_front();
    }
    respond(std::move(response));
  }

  bool AwaitCancelled() {
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&cancelled_),
                                   absl::Seconds(10));
  }
  // Returns the echo lines of all requests that were run.
  std::vector<std::string> runs() {
    absl::MutexLock lock(&mutex_);
    return runs_;
  }

  static HttpResponse Answer(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
  }

 private:
  class FakeExchange : public Exchange {
   public:
    FakeExchange(FakeHandler& handler, std::string line)
        : handler_(handler), line_(std::move(line)) {}

    absl::string_view route() const override { return "/fake"; }

    void Run(std::string body, Respond respond, Post) override {
      const std::string echo = absl::StrCat(line_, "|", body);
      absl::MutexLock lock(&handler_.mutex_);
      handler_.runs_.push_back(echo);
      if (absl::StrContains(line_, "/held")) {
        handler_.held_.push_back(std::move(respond));
      } else if (absl::StrContains(line_, "/large")) {
        respond(Answer(200, std::string(8 << 20, 'x')));
      } else {
        respond(Answer(200, echo));
      }
    }

    void Cancel() override {
      absl::MutexLock lock(&handler_.mutex_);
      handler_.cancelled_ = true;
    }

   private:
    FakeHandler& handler_;
    const std::string line_;
  };

  absl::Mutex mutex_;
  std::deque<Respond> held_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> runs_ ABSL_GUARDED_BY(mutex_);
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_FAKE_HANDLER_H_
