#include "gateway/http/framing.h"

#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gateway/errors.h"
#include "gateway/http/grammar.h"

namespace webhooks::gateway {
namespace {

// Takes one line, without its CRLF, from the front of `block`. Returns false if
// there is no line end, or a single CR or LF.
bool TakeLine(absl::string_view& block, absl::string_view& line) {
  const std::size_t end = block.find_first_of("\r\n");
  if (end == absl::string_view::npos ||
      !absl::StartsWith(block.substr(end), "\r\n"))
    return false;
  line = block.substr(0, end);
  block.remove_prefix(end + 2);
  return true;
}

absl::string_view TrimBlanks(absl::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == absl::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool IsContentLength(absl::string_view text) {
  std::int64_t length;
  return !text.empty() &&
         text.find_first_not_of("0123456789") == absl::string_view::npos &&
         absl::SimpleAtoi(text, &length);
}

// The fields that determine the end of the message and its recipient.
struct Seen {
  bool http11 = false;
  int hosts = 0;
  int content_lengths = 0;
  int transfer_encodings = 0;
  bool unknown_coding = false;
  bool is_connect = false;
};

absl::Status BadLine() {
  return MalformedRequest("lines must end in CRLF and the last one be empty");
}

absl::Status CheckTarget(absl::string_view method, absl::string_view target) {
  if (target == "*" ? method != "OPTIONS" : !PathAndQuery(target)) {
    return MalformedRequest(
        "the request target must be a path or an http or https URL");
  }
  return absl::OkStatus();
}

absl::Status CheckRequestLine(absl::string_view line, Seen& seen) {
  const std::size_t method_end = line.find(' ');
  const std::size_t target_end = line.rfind(' ');
  if (method_end == absl::string_view::npos || method_end == target_end) {
    return MalformedRequest("the request line must have three parts");
  }
  const absl::string_view method = line.substr(0, method_end);
  const absl::string_view target =
      line.substr(method_end + 1, target_end - method_end - 1);
  if (!IsToken(method)) return MalformedRequest("the method must be a token");
  seen.is_connect = method == "CONNECT" && IsHost(target);
  if (absl::Status status = CheckTarget(method, target);
      !seen.is_connect && !status.ok()) {
    return status;
  }
  const absl::string_view version = line.substr(target_end + 1);
  seen.http11 = version == "HTTP/1.1";
  if (!seen.http11 && version != "HTTP/1.0") {
    return MalformedRequest("the version must be HTTP/1.1 or HTTP/1.0");
  }
  return absl::OkStatus();
}

// Accepts "chunked"; recognises other codings, which are refused later.
absl::Status CheckCodings(absl::string_view value, Seen& seen) {
  if (absl::EqualsIgnoreCase(value, "chunked")) return absl::OkStatus();
  for (const absl::string_view coding : absl::StrSplit(value, ',')) {
    const absl::string_view name = TrimBlanks(coding);
    if (!IsToken(name)) {
      return MalformedRequest("Transfer-Encoding must be chunked");
    }
    seen.unknown_coding |= !absl::EqualsIgnoreCase(name, "chunked");
  }
  if (seen.unknown_coding) return absl::OkStatus();
  return MalformedRequest("Transfer-Encoding must be chunked once");
}

absl::Status CheckKnownField(absl::string_view name, absl::string_view value,
                             Seen& seen) {
  if (absl::EqualsIgnoreCase(name, "host")) {
    ++seen.hosts;
    if (!IsHost(value)) return MalformedRequest("Host must be well-formed");
  } else if (absl::EqualsIgnoreCase(name, "content-length")) {
    ++seen.content_lengths;
    if (!IsContentLength(value)) {
      return MalformedRequest("Content-Length must be one decimal number");
    }
  } else if (absl::EqualsIgnoreCase(name, "transfer-encoding")) {
    ++seen.transfer_encodings;
    return CheckCodings(value, seen);
  }
  return absl::OkStatus();
}

// Splits a field line at its colon.
absl::Status SplitField(absl::string_view line, absl::string_view& name,
                        absl::string_view& value) {
  if (line[0] == ' ' || line[0] == '\t') {
    return MalformedRequest("a header field must not be folded");
  }
  const std::size_t colon = line.find(':');
  if (colon == absl::string_view::npos || !IsToken(line.substr(0, colon))) {
    return MalformedRequest(
        "a header field must begin with a token and a colon");
  }
  name = line.substr(0, colon);
  value = TrimBlanks(line.substr(colon + 1));
  if (!IsFieldValue(value)) {
    return MalformedRequest("a header field must not hold control characters");
  }
  return absl::OkStatus();
}

absl::Status CheckField(absl::string_view line, Seen& seen) {
  absl::string_view name, value;
  if (absl::Status status = SplitField(line, name, value); !status.ok()) {
    return status;
  }
  return CheckKnownField(name, value, seen);
}

absl::Status CheckTogether(const Seen& seen) {
  if (seen.hosts > 1 || (seen.http11 && seen.hosts == 0)) {
    return MalformedRequest("there must be one Host");
  }
  if (seen.content_lengths + seen.transfer_encodings > 1) {
    return MalformedRequest(
        "there must be one Content-Length or Transfer-Encoding");
  }
  if (seen.transfer_encodings > 0 && !seen.http11) {
    return MalformedRequest("HTTP/1.0 has no Transfer-Encoding");
  }
  return absl::OkStatus();
}

absl::Status CheckBlock(absl::string_view block, Seen& seen) {
  absl::string_view line;
  if (!TakeLine(block, line)) return BadLine();
  if (absl::Status status = CheckRequestLine(line, seen); !status.ok()) {
    return status;
  }
  for (;;) {
    if (!TakeLine(block, line)) return BadLine();
    if (line.empty()) break;
    if (absl::Status status = CheckField(line, seen); !status.ok()) {
      return status;
    }
  }
  return block.empty() ? CheckTogether(seen) : BadLine();
}

}  // namespace

absl::Status CheckFraming(absl::string_view header_block) {
  Seen seen;
  if (absl::Status status = CheckBlock(header_block, seen); !status.ok()) {
    return status;
  }
  if (seen.is_connect) return MethodUnknown(kMethods);
  if (seen.unknown_coding) return TransferCodingUnknown();
  return absl::OkStatus();
}

absl::Status CheckFieldLine(absl::string_view line) {
  absl::string_view name, value;
  return SplitField(line, name, value);
}

absl::Status HeaderTooLarge(std::size_t limit) {
  return HeadersTooLarge("request line and header fields", limit);
}

}  // namespace webhooks::gateway
