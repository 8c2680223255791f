#include "server/delivery/received_response.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kMaxKeptBody = 16 << 10;
constexpr std::size_t kMaxReadBody = 64 << 10;
constexpr std::size_t kMaxHeaders = 32 << 10;

// The characters of a redirect's target that are kept.
constexpr std::size_t kMaxLocation = 512;

constexpr int kOk = 200;
constexpr int kNoContent = 204;
constexpr int kFirstRedirect = 300;
constexpr int kNotModified = 304;
constexpr int kFirstClientError = 400;

}  // namespace

// An interim response (RFC 9110, section 15.2) is followed by another one.
// Lines after the final header section are trailers.
bool ReceivedResponse::TakeHeader(absl::string_view line, int status) {
  if (is_complete_) return true;
  header_size_ += line.size();
  is_header_too_large_ = header_size_ > kMaxHeaders;
  if (is_header_too_large_) return false;
  line = absl::StripTrailingAsciiWhitespace(line);
  if (line.empty()) {
    is_complete_ = status_ >= kOk;
  } else if (absl::StartsWithIgnoreCase(line, "http/")) {
    status_ = status;
    retry_after_.clear();
    location_.clear();
    has_length_ = has_coding_ = false;
  } else if (const auto colon = line.find(':');
             colon != absl::string_view::npos) {
    TakeField(line.substr(0, colon),
              absl::StripAsciiWhitespace(line.substr(colon + 1)));
  }
  return true;
}

void ReceivedResponse::TakeField(absl::string_view name,
                                 absl::string_view value) {
  if (absl::EqualsIgnoreCase(name, "retry-after")) {
    retry_after_ = std::string(value);
  } else if (absl::EqualsIgnoreCase(name, "location")) {
    location_ = std::string(value.substr(0, kMaxLocation));
  } else if (absl::EqualsIgnoreCase(name, "content-length")) {
    has_length_ = value != "0";
  } else if (absl::EqualsIgnoreCase(name, "transfer-encoding")) {
    has_coding_ = true;
  }
}

bool ReceivedResponse::TakeBody(absl::string_view part) {
  absl::StrAppend(&body_, part.substr(0, kMaxKeptBody - body_.size()));
  body_size_ += part.size();
  is_body_cut_ = body_size_ > kMaxReadBody;
  return !is_body_cut_;
}

bool ReceivedResponse::is_success() const {
  return status_ >= kOk && status_ < kFirstRedirect;
}

std::string ReceivedResponse::redirect() const {
  const bool is_redirect =
      status_ >= kFirstRedirect && status_ < kFirstClientError;
  return is_redirect ? location_ : "";
}

bool ReceivedResponse::has_ambiguous_length() const {
  const bool has_no_body = status_ == kNoContent || status_ == kNotModified;
  return has_no_body ? has_length_ || has_coding_ : has_length_ && has_coding_;
}

}  // namespace webhooks::server
