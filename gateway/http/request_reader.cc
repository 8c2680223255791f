#include "gateway/http/request_reader.h"

#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "gateway/http/framing.h"
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

// Where a header block stands in what has arrived.
struct BlockEnd {
  std::size_t size = 0;  // 0: not all of it is there
  bool has_bare_lf = false;
};

// Goes on from `scanned`, which is where it stopped for want of more. A lone LF
// is looked for here, so that a client which ends its lines so is told at once
// instead of waiting for an empty line that never comes.
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

// Whether the line before a chunk, which `input` begins with, has a quoted
// extension value. Beast reads such a value past the end of the line, or with
// control characters in it, where others see a line's end. Nobody sends them,
// so none are taken.
bool HasQuotedExtension(absl::string_view input) {
  absl::ConsumePrefix(&input, "\r\n");
  return absl::StrContains(input.substr(0, input.find('\r')), '"');
}

}  // namespace

struct RequestReader::Parser : http::request_parser<http::string_body> {
  // Beast calls it for each chunk, and keeps a reference to it.
  std::function<void(std::uint64_t, beast::string_view, beast::error_code&)>
      check_extensions = [](std::uint64_t, beast::string_view extensions,
                            beast::error_code& error) {
        if (HasQuotedExtension(View(extensions))) {
          error = http::error::bad_chunk_extension;
        }
      };
};

RequestReader::RequestReader(std::size_t max_header_bytes,
                             const HttpClient& client)
    : max_header_bytes_(max_header_bytes), parser_(std::make_unique<Parser>()) {
  head_.client_address = client.address;
  head_.client_certificate = client.certificate;
}

RequestReader::~RequestReader() = default;

std::optional<HttpError> RequestReader::ReadHead(std::string& input) {
  // Some clients end a body with a CRLF too many (RFC 9112, section 2.2).
  if (scanned_ <= 1) {
    DropEmptyLines(input);
    scanned_ = 0;
  }
  const BlockEnd end = FindBlockEnd(input, scanned_);
  if (end.has_bare_lf) {
    return BadRequest(MalformedRequest("lines must end in CRLF"));
  }
  if (std::max(end.size, scanned_) > max_header_bytes_) {
    return HeadersTooLarge(max_header_bytes_);
  }
  if (end.size == 0) return std::nullopt;
  auto error = ParseHead(absl::string_view(input).substr(0, end.size));
  input.erase(0, end.size);
  return error;
}

std::optional<HttpError> RequestReader::ParseHead(absl::string_view block) {
  if (absl::Status status = CheckFraming(block); !status.ok()) {
    return BadRequest(std::move(status));
  }
  parser_->header_limit(static_cast<std::uint32_t>(max_header_bytes_) + 1);
  // LimitBody sets it, once the head is known.
  parser_->body_limit(boost::none);
  beast::error_code error;
  Put(block, error);
  if (error == http::error::header_limit) {
    return HeadersTooLarge(max_header_bytes_);
  }
  if (error || !parser_->is_header_done()) {
    return BadRequest(
        MalformedRequest("the header fields must be well-formed"));
  }
  head_done_ = true;
  DescribeHead();
  parser_->on_chunk_header(parser_->check_extensions);
  parser_->eager(true);
  return std::nullopt;
}

std::optional<HttpError> RequestReader::LimitBody(std::size_t max_body_bytes) {
  max_body_bytes_ = max_body_bytes;
  if (parser_->content_length().value_or(0) > max_body_bytes_) {
    return BodyTooLarge(max_body_bytes_);
  }
  parser_->body_limit(max_body_bytes_);
  return std::nullopt;
}

void RequestReader::DescribeHead() {
  const auto& message = parser_->get();
  head_.method = View(message.method_string());
  const absl::string_view target = View(message.target());
  const std::size_t path_end = std::min(target.find('?'), target.size());
  head_.path = target.substr(0, path_end);
  head_.query = target.substr(std::min(path_end + 1, target.size()));
  for (const auto& field : message) {
    head_.fields.push_back({View(field.name_string()), View(field.value())});
  }
  head_.has_body = !parser_->is_done();
  const auto ids = head_.Values(kRequestIdKey);
  head_.request_id = RequestIdOr(ids.empty() ? "" : ids.front());
  const auto parents = head_.Values(kTraceparentKey);
  head_.span =
      BeginSpan(parents.size() == 1 ? parents.front() : absl::string_view(),
                absl::StrJoin(head_.Values(kTracestateKey), ","));
}

std::optional<HttpError> RequestReader::ReadBody(std::string& input) {
  // Beast asserts that it is not called with less than the last chunk and the
  // end of the trailer, "0\r\n\r\n", which no chunked body ends without.
  const std::size_t least = parser_->chunked() ? 5 : 1;
  beast::error_code error;
  std::size_t taken = 0;
  while (!parser_->is_done() && input.size() - taken >= least && !error) {
    taken += Put(absl::string_view(input).substr(taken), error);
  }
  input.erase(0, taken);
  if (error == http::error::body_limit) return BodyTooLarge(max_body_bytes_);
  if (error == http::error::header_limit) {
    return HeadersTooLarge(max_header_bytes_);
  }
  if (error == http::error::need_more && HasQuotedExtension(input)) {
    error = http::error::bad_chunk_extension;
  }
  if (error && error != http::error::need_more) {
    return BadRequest(
        MalformedRequest("the body's chunks must be well-formed"));
  }
  // Beast unfolds a trailer's lines and adds its fields to the head's. Nobody
  // sends any, so none are taken.
  const auto& fields = parser_->get();
  if (parser_->is_done() &&
      std::distance(fields.begin(), fields.end()) !=
          static_cast<std::ptrdiff_t>(head_.fields.size())) {
    return BadRequest(MalformedRequest("the body must not have a trailer"));
  }
  // Only the line before a chunk, or the trailer, waits here to be complete.
  if (!parser_->is_done() && input.size() > max_header_bytes_) {
    return HeadersTooLarge(max_header_bytes_);
  }
  return std::nullopt;
}

// Beast throws where the name or value of a field, a trailer's too, has 64 KiB.
std::size_t RequestReader::Put(absl::string_view bytes,
                               boost::system::error_code& error) {
  try {
    return parser_->put({bytes.data(), bytes.size()}, error);
  } catch (const std::length_error&) {
    error = http::error::header_limit;
    return 0;
  }
}

bool RequestReader::done() const { return head_done_ && parser_->is_done(); }

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
  // HTTP/1.0 has no expectations: what it sends is ignored (RFC 9110, 10.1.1).
  return !is_http10() && !head_.Values("expect").empty() && !expects_continue();
}

std::size_t RequestReader::body_bytes() const {
  return parser_->get().body().size();
}

std::string RequestReader::TakeBody() {
  return std::move(parser_->get().body());
}

}  // namespace webhooks::gateway
