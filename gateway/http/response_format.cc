#include "gateway/http/response_format.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/runtime/metadata.h"

namespace webhooks::gateway {
namespace {

// The reason phrases of the gateway's statuses (RFC 9110, section 15; 499 is
// from nginx). Clients must not depend on the phrase, so other statuses have
// none.
absl::string_view ReasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 499:
      return "Client Closed Request";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "";
  }
}

// Returns the IMF-fixdate of `now`. Cached for a second, as formatting costs
// more than the rest of a head.
absl::string_view HttpDate(absl::Time now) {
  thread_local std::int64_t second = -1;
  thread_local std::string date;
  if (absl::ToUnixSeconds(now) != second) {
    second = absl::ToUnixSeconds(now);
    date =
        absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", now, absl::UTCTimeZone());
  }
  return date;
}

void AppendConnection(std::string& out, const ResponseForm& form) {
  if (!form.keep_alive) {
    absl::StrAppend(&out, "Connection: close\r\n");
  } else if (form.is_http10) {
    absl::StrAppend(&out, "Connection: keep-alive\r\n");
  }
}

bool HasContent(int status) { return status != 204 && status != 304; }

}  // namespace

std::string FormatResponse(const HttpResponse& response,
                           const ResponseForm& form, absl::Time now) {
  constexpr std::size_t kTypicalHead = 512;
  std::string out;
  const absl::string_view content = response.content();
  const bool has_content = HasContent(response.status);
  const bool sends_content = has_content && !form.is_head;
  out.reserve(kTypicalHead + (sends_content ? content.size() : 0));
  absl::StrAppend(&out, "HTTP/1.1 ", response.status, " ",
                  ReasonPhrase(response.status), "\r\nDate: ", HttpDate(now),
                  "\r\n");
  if (!content.empty()) {
    absl::StrAppend(&out, "Content-Type: ", response.content_type, "\r\n");
  }
  if (has_content) {
    absl::StrAppend(&out, "Content-Length: ", content.size(), "\r\n");
  }
  AppendConnection(out, form);
  absl::StrAppend(&out, "Cache-Control: ", response.cache_control,
                  "\r\nX-Content-Type-Options: nosniff\r\n", kRequestIdMetadata,
                  ": ", form.request_id, "\r\n");
  for (const auto& [name, value] : response.headers) {
    absl::StrAppend(&out, name, ": ", value, "\r\n");
  }
  absl::StrAppend(&out, "\r\n");
  if (sends_content) absl::StrAppend(&out, content);
  return out;
}

}  // namespace webhooks::gateway
