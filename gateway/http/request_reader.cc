#include "gateway/http/request_reader.h"

#include <algorithm>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstdint>
#include <stdexcept>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "gateway/errors.h"
#include "gateway/http/framing.h"
#include "gateway/http/grammar.h"
#include "server/runtime/metadata.h"
#include "server/runtime/request_id.h"

namespace webhooks::gateway {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

absl::string_view View(beast::string_view text) {
  return {text.data(), text.size()};
}

void DropEmptyLines(std::string& input) {
  std::size_t end = 0;
  while (input.compare(end, 2, "\r\n") == 0) end += 2;
  input.erase(0, end);
}

// The end of a header block in the received bytes.
struct BlockEnd {
  std::size_t size = 0;  // 0: not all of it is there
  bool has_bare_lf = false;
};

// Continues from `scanned`, the end of the last search. Detects a single LF
// here, so that a client with such line ends gets an error at once instead of a
// timeout.
BlockEnd FindBlockEnd(absl::string_view input, std::size_t& scanned) {
  for (;;) {
    const std::size_t lf = input.find('\n', scanned);
    if (lf == absl::string_view::npos) {
      scanned = input.size();
      return {};
    }
    if (lf == 0 || input[lf - 1] != '\r') return {.has_bare_lf = true};
    scanned = lf + 1;
    if (absl::EndsWith(input.substr(0, scanned), "\r\n\r\n")) {
      return {.size = scanned};
    }
  }
}

}  // namespace

// Parses only the head.
struct RequestReader::Parser : http::request_parser<http::empty_body> {};

RequestReader::RequestReader(std::size_t max_header_bytes,
                             const HttpClient& client)
    : max_header_bytes_(max_header_bytes),
      parser_(std::make_unique<Parser>()),
      chunks_(max_header_bytes) {
  head_.client_address = client.address;
  head_.client_certificate = client.certificate;
}

RequestReader::~RequestReader() = default;

absl::Status RequestReader::ReadHead(std::string& input) {
  // Some clients send an extra CRLF after a body (RFC 9112, section 2.2).
  if (scanned_ <= 1) {
    DropEmptyLines(input);
    scanned_ = 0;
  }
  const BlockEnd end = FindBlockEnd(input, scanned_);
  if (end.has_bare_lf) {
    return MalformedRequest("lines must end in CRLF");
  }
  if (std::max(end.size, scanned_) > max_header_bytes_) {
    const std::size_t max_line = max_header_bytes_ / 2;
    return std::min(input.find('\n'), input.size()) > max_line
               ? TargetTooLong(max_line)
               : HeaderTooLarge(max_header_bytes_);
  }
  if (end.size == 0) return absl::OkStatus();
  absl::Status status = ParseHead(absl::string_view(input).substr(0, end.size));
  input.erase(0, end.size);
  return status;
}

absl::Status RequestReader::ParseHead(absl::string_view block) {
  if (absl::Status status = CheckFraming(block); !status.ok()) return status;
  parser_->header_limit(static_cast<std::uint32_t>(max_header_bytes_) + 1);
  parser_->body_limit(boost::none);
  beast::error_code error;
  try {
    parser_->put({block.data(), block.size()}, error);
  } catch (const std::length_error&) {
    // The name or value of a field has at least 64 KiB.
    error = http::error::header_limit;
  }
  if (error == http::error::header_limit) {
    return HeaderTooLarge(max_header_bytes_);
  }
  if (error || !parser_->is_header_done()) {
    return MalformedRequest("the header fields must be well-formed");
  }
  head_done_ = true;
  body_left_ = parser_->content_length().value_or(0);
  DescribeHead();
  return absl::OkStatus();
}

absl::Status RequestReader::LimitBody(std::size_t max_body_bytes) {
  max_body_bytes_ = max_body_bytes;
  if (body_left_ > max_body_bytes_) return BodyTooLarge(max_body_bytes_);
  return absl::OkStatus();
}

void RequestReader::DescribeHead() {
  const auto& message = parser_->get();
  head_.method = View(message.method_string());
  DescribeTarget(View(message.target()));
  for (const auto& field : message) {
    head_.fields.push_back({View(field.name_string()), View(field.value())});
  }
  head_.has_body = !done();
  const auto ids = head_.Values(kRequestIdMetadata);
  head_.request_id = RequestIdOr(ids.empty() ? "" : ids.front());
  const auto parents = head_.Values(kTraceparentMetadata);
  head_.span =
      StartSpan(parents.size() == 1 ? parents.front() : absl::string_view(),
                absl::StrJoin(head_.Values(kTracestateMetadata), ","));
}

// CheckFraming has verified the form of the target.
void RequestReader::DescribeTarget(absl::string_view target) {
  const absl::string_view origin = PathAndQuery(target).value_or(target);
  const std::size_t path_end = std::min(origin.find('?'), origin.size());
  head_.path = origin.substr(0, path_end);
  head_.query = origin.substr(std::min(path_end + 1, origin.size()));
  // An absolute-form without a path (RFC 9112, 3.2.4).
  if (origin.empty() && head_.method == "OPTIONS") head_.path = "*";
  if (head_.path.empty()) head_.path = "/";
}

absl::Status RequestReader::ReadBody(std::string& input) {
  absl::string_view rest = input;
  absl::Status status;
  if (parser_->chunked()) {
    status = chunks_.Read(rest, max_body_bytes_, body_);
  } else {
    const auto size = static_cast<std::size_t>(
        std::min<std::uint64_t>(body_left_, rest.size()));
    body_.append(rest.data(), size);
    rest.remove_prefix(size);
    body_left_ -= size;
  }
  input.erase(0, input.size() - rest.size());
  return status;
}

bool RequestReader::done() const {
  return head_done_ && (parser_->chunked() ? chunks_.done() : body_left_ == 0);
}

bool RequestReader::keep_alive() const {
  return head_done_ && parser_->keep_alive();
}

bool RequestReader::is_http10() const {
  return head_done_ && parser_->get().version() == 10;
}

bool RequestReader::expects_continue() const {
  const auto values = head_.Values("expect");
  return values.size() == 1 && !is_http10() &&
         absl::EqualsIgnoreCase(values[0], "100-continue");
}

bool RequestReader::expects_unknown() const {
  // HTTP/1.0 has no expectations; Expect is ignored (RFC 9110, 10.1.1).
  return !is_http10() && !head_.Values("expect").empty() && !expects_continue();
}

}  // namespace webhooks::gateway
