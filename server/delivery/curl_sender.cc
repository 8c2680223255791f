#include "server/delivery/curl_sender.h"

#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "server/delivery/curl_transfer.h"

namespace webhooks::server {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Handles kept for later requests.
constexpr std::size_t kMaxSpareTransfers = 256;

// Idle connections kept open, to all receivers together.
constexpr long kMaxKeptConnections = 512;

constexpr int kMaxEvents = 64;

// Must run before other threads use libcurl, and is never undone.
void InitCurl() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(done);
}

HttpOutcome Abandoned() {
  HttpOutcome outcome;
  outcome.is_abandoned = true;
  return outcome;
}

}  // namespace

// A multi handle of libcurl, and the thread that drives it with epoll.
class CurlLoop {
 public:
  CurlLoop(CurlSender::Options options, Clock clock)
      : options_(std::move(options)),
        clock_(std::move(clock)),
        epoll_(epoll_create1(EPOLL_CLOEXEC)),
        wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    InitCurl();
    multi_ = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &OnSocket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &OnTimer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kMaxKeptConnections);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = wake_;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
    thread_ = std::thread([this] { Run(); });
  }

  ~CurlLoop() {
    {
      absl::MutexLock lock(&mutex_);
      is_abandoned_ = is_closing_ = true;
    }
    Wake();
    thread_.join();
    curl_multi_cleanup(multi_);
    close(wake_);
    close(epoll_);
  }

  void Send(HttpRequest request, Sender::Done done) {
    bool is_first = false;
    {
      absl::MutexLock lock(&mutex_);
      is_first = inbox_.empty();
      inbox_.push_back({std::move(request), std::move(done)});
    }
    if (is_first) Wake();
  }

  void Abandon() {
    {
      absl::MutexLock lock(&mutex_);
      is_abandoned_ = true;
    }
    Wake();
  }

 private:
  struct Job {
    HttpRequest request;
    Sender::Done done;
  };

  static int OnSocket(CURL*, curl_socket_t socket, int what, void* self,
                      void* known) {
    auto& loop = *static_cast<CurlLoop*>(self);
    if (what == CURL_POLL_REMOVE) {
      epoll_ctl(loop.epoll_, EPOLL_CTL_DEL, socket, nullptr);
      return 0;
    }
    epoll_event event{};
    event.data.fd = socket;
    if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
    epoll_ctl(loop.epoll_, known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD,
              socket, &event);
    curl_multi_assign(loop.multi_, socket, &loop);
    return 0;
  }

  static int OnTimer(CURLM*, long milliseconds, void* self) {
    auto& loop = *static_cast<CurlLoop*>(self);
    loop.timer_ =
        milliseconds < 0
            ? SteadyClock::time_point::max()
            : SteadyClock::now() + std::chrono::milliseconds(milliseconds);
    return 0;
  }

  void Run() {
    while (StartAll()) {
      std::array<epoll_event, kMaxEvents> events;
      const int count =
          epoll_wait(epoll_, events.data(), kMaxEvents, WaitMillis());
      for (int i = 0; i < count; ++i) Handle(events[static_cast<size_t>(i)]);
      if (timer_ <= SteadyClock::now()) Act(CURL_SOCKET_TIMEOUT, 0);
      FinishCompleted();
    }
  }

  // Starts the requests in the inbox. Returns false if the loop should end.
  bool StartAll() {
    std::vector<Job> jobs;
    bool is_abandoned = false;
    bool is_closing = false;
    {
      absl::MutexLock lock(&mutex_);
      jobs.swap(inbox_);
      is_abandoned = is_abandoned_;
      is_closing = is_closing_;
    }
    for (Job& job : jobs) {
      if (is_abandoned) {
        std::move(job.done)(Abandoned());
      } else {
        Start(std::move(job));
      }
    }
    if (is_abandoned) AbandonAll();
    return !is_closing;
  }

  void Start(Job job) {
    std::unique_ptr<CurlTransfer> transfer;
    if (spare_.empty()) {
      transfer = std::make_unique<CurlTransfer>(options_, connections_);
    } else {
      transfer = std::move(spare_.back());
      spare_.pop_back();
    }
    transfer->Prepare(std::move(job.request), std::move(job.done), clock_());
    CurlTransfer* const started = transfer.release();
    running_.insert(started);
    curl_multi_add_handle(multi_, started->handle());
  }

  void Handle(const epoll_event& event) {
    if (event.data.fd == wake_) {
      std::uint64_t count = 0;
      static_cast<void>(!read(wake_, &count, sizeof(count)));
      return;
    }
    int what = 0;
    if ((event.events & EPOLLIN) != 0) what |= CURL_CSELECT_IN;
    if ((event.events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
    if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) what |= CURL_CSELECT_ERR;
    Act(event.data.fd, what);
  }

  void Act(curl_socket_t socket, int what) {
    if (socket == CURL_SOCKET_TIMEOUT) timer_ = SteadyClock::time_point::max();
    int running = 0;
    curl_multi_socket_action(multi_, socket, what, &running);
  }

  void FinishCompleted() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      void* pointer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &pointer);
      const CURLcode code = message->data.result;
      curl_multi_remove_handle(multi_, message->easy_handle);
      auto* const transfer = static_cast<CurlTransfer*>(pointer);
      if (transfer->PrepareResend(code)) {
        curl_multi_add_handle(multi_, transfer->handle());
      } else {
        Finish(transfer, code);
      }
    }
  }

  void Finish(CurlTransfer* finished, CURLcode code) {
    std::unique_ptr<CurlTransfer> transfer(finished);
    running_.erase(finished);
    Sender::Done done = transfer->TakeDone();
    HttpOutcome outcome = transfer->Outcome(code);
    if (spare_.size() < kMaxSpareTransfers)
      spare_.push_back(std::move(transfer));
    std::move(done)(std::move(outcome));
  }

  void AbandonAll() {
    for (CurlTransfer* const running : running_) {
      const std::unique_ptr<CurlTransfer> transfer(running);
      curl_multi_remove_handle(multi_, transfer->handle());
      transfer->TakeDone()(Abandoned());
    }
    running_.clear();
  }

  int WaitMillis() const {
    if (timer_ == SteadyClock::time_point::max()) return -1;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(
        timer_ - SteadyClock::now());
    return static_cast<int>(std::max<std::int64_t>(0, wait.count()));
  }

  void Wake() {
    const std::uint64_t one = 1;
    static_cast<void>(!write(wake_, &one, sizeof(one)));
  }

  const CurlSender::Options options_;
  const Clock clock_;
  const int epoll_;
  const int wake_;

  absl::Mutex mutex_;
  std::vector<Job> inbox_ ABSL_GUARDED_BY(mutex_);
  bool is_abandoned_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_closing_ ABSL_GUARDED_BY(mutex_) = false;

  // Used only by the loop's thread.
  CurlConnections connections_;
  CURLM* multi_ = nullptr;
  SteadyClock::time_point timer_ = SteadyClock::time_point::max();
  absl::flat_hash_set<CurlTransfer*> running_;
  std::vector<std::unique_ptr<CurlTransfer>> spare_;
  std::thread thread_;
};

CurlSender::CurlSender(Options options, Clock clock)
    : loop_(std::make_unique<CurlLoop>(std::move(options), std::move(clock))) {}

CurlSender::~CurlSender() = default;

void CurlSender::Send(HttpRequest request, Done done) {
  loop_->Send(std::move(request), std::move(done));
}

void CurlSender::Abandon() { loop_->Abandon(); }

}  // namespace webhooks::server
