#ifndef WEBHOOKS_SERVER_SIGNING_STANDARD_SIGNATURE_H_
#define WEBHOOKS_SERVER_SIGNING_STANDARD_SIGNATURE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// The signature of the header webhook-signature, version 1 of Standard Webhooks
// (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and body.
namespace webhooks::server {

// Returns the content that is signed: "id.seconds.body".
std::string SignedContent(absl::string_view id, absl::Time time,
                          absl::string_view body);

// Returns "v1," and the HMAC of `content` in base64. The key is the base64 text
// after "whsec_" in `secret`, decoded. "" if `secret` has another form.
std::string StandardSignature(absl::string_view content,
                              absl::string_view secret);

// The headers of a delivery that its signature needs, as they were received.
struct StandardHeaders {
  // webhook-id
  absl::string_view id;
  // webhook-timestamp: seconds since the epoch.
  absl::string_view timestamp;
  // webhook-signature: signatures separated by spaces.
  absl::string_view signatures;
};

// The fault of one header, in words that follow its name.
struct HeaderProblem {
  enum class Header { kTimestamp, kSignatures };

  Header header;
  std::string text;
};

// The maximum difference between the clocks of sender and receiver, the same as
// in the libraries of Standard Webhooks.
inline constexpr absl::Duration kSignatureTolerance = absl::Minutes(5);

// Returns nullopt if one of the signatures is that of `body` by `secret`, and
// the timestamp is at most kSignatureTolerance from `now`. Compares in constant
// time.
std::optional<HeaderProblem> FindSignatureProblem(
    const StandardHeaders& headers, absl::string_view body,
    absl::string_view secret, absl::Time now);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SIGNING_STANDARD_SIGNATURE_H_
