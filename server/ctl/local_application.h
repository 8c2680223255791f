#ifndef WEBHOOKS_SERVER_CTL_LOCAL_APPLICATION_H_
#define WEBHOOKS_SERVER_CTL_LOCAL_APPLICATION_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace webhooks::ctl {

// Names and values of HTTP headers.
using Headers = std::vector<std::pair<std::string, std::string>>;

// The answer of an application.
struct Answer {
  int status = 0;
  std::string body = {};
};

inline bool IsSuccess(int status) { return status >= 200 && status < 300; }

// An application on the developer's machine, which gets events over HTTP/1.1.
class LocalApplication {
 public:
  // Parses an http:// URL. INVALID_ARGUMENT for another text.
  static absl::StatusOr<LocalApplication> Parse(absl::string_view url);

  // Posts `body` and returns the answer. UNAVAILABLE if the application cannot
  // be reached, does not answer within 15 seconds, or answers with more than 8
  // MiB.
  absl::StatusOr<Answer> Post(const Headers& headers,
                              const std::string& body) const;

 private:
  std::string host_;
  std::string port_;
  std::string target_;
};

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_LOCAL_APPLICATION_H_
