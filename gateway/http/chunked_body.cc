#include "gateway/http/chunked_body.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "gateway/errors.h"
#include "gateway/http/framing.h"
#include "gateway/http/grammar.h"

namespace webhooks::gateway {
namespace {

absl::Status Malformed() {
  return MalformedRequest("the body's chunks must be well-formed");
}

void SkipBlanks(absl::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

// Takes a token or, if `may_be_quoted`, a quoted string.
bool TakeWord(absl::string_view& text, bool may_be_quoted) {
  std::size_t size = 0;
  if (may_be_quoted && absl::StartsWith(text, "\"")) {
    while (++size < text.size() && text[size] != '"') {
      if (text[size] == '\\') ++size;
    }
    size = std::min(size + 1, text.size());
    if (!IsQuotedString(text.substr(0, size))) return false;
  } else {
    size = std::min(text.find_first_of(" \t;="), text.size());
    if (!IsToken(text.substr(0, size))) return false;
  }
  text.remove_prefix(size);
  return true;
}

// chunk-ext: *( BWS ";" BWS name [ BWS "=" BWS value ] )
bool IsExtensions(absl::string_view text) {
  while (!text.empty()) {
    SkipBlanks(text);
    if (!absl::ConsumePrefix(&text, ";")) return false;
    SkipBlanks(text);
    if (!TakeWord(text, false)) return false;
    absl::string_view rest = text;
    SkipBlanks(rest);
    if (!absl::ConsumePrefix(&rest, "=")) continue;
    SkipBlanks(rest);
    if (!TakeWord(rest, true)) return false;
    text = rest;
  }
  return true;
}

}  // namespace

absl::Status ChunkedBody::Read(absl::string_view& input,
                               std::size_t max_body_bytes, std::string& body) {
  while (!done()) {
    if (next_ == Next::kData) {
      const auto size = static_cast<std::size_t>(
          std::min<std::uint64_t>(chunk_left_, input.size()));
      body.append(input.data(), size);
      input.remove_prefix(size);
      chunk_left_ -= size;
      if (chunk_left_ > 0) return absl::OkStatus();
      next_ = Next::kDataEnd;
    }
    const std::size_t end = input.find('\n');
    const bool is_whole = end != absl::string_view::npos;
    if ((is_whole ? end : input.size()) >= max_section_bytes_) {
      return HeaderTooLarge(max_section_bytes_);
    }
    // Only CRLF may follow a chunk.
    if (!is_whole && next_ == Next::kDataEnd && input.size() > 1) {
      return Malformed();
    }
    if (!is_whole) return absl::OkStatus();
    absl::string_view line = input.substr(0, end);
    if (!absl::ConsumeSuffix(&line, "\r")) return Malformed();
    input.remove_prefix(end + 1);
    if (absl::Status status = ReadLine(line); !status.ok()) return status;
    if (chunk_left_ > max_body_bytes - body.size()) {
      return BodyTooLarge(max_body_bytes);
    }
  }
  return absl::OkStatus();
}

absl::Status ChunkedBody::ReadLine(absl::string_view line) {
  switch (next_) {
    case Next::kSize:
      return ReadSize(line);
    case Next::kTrailer:
      return ReadTrailer(line);
    default:
      next_ = Next::kSize;
      return line.empty() ? absl::OkStatus() : Malformed();
  }
}

absl::Status ChunkedBody::ReadSize(absl::string_view line) {
  constexpr std::size_t kMaxDigits = 16;
  const std::size_t digits = static_cast<std::size_t>(
      std::find_if_not(line.begin(), line.end(), absl::ascii_isxdigit) -
      line.begin());
  if (digits > kMaxDigits || !IsExtensions(line.substr(digits)) ||
      !absl::SimpleHexAtoi(line.substr(0, digits), &chunk_left_)) {
    return Malformed();
  }
  next_ = chunk_left_ == 0 ? Next::kTrailer : Next::kData;
  return absl::OkStatus();
}

absl::Status ChunkedBody::ReadTrailer(absl::string_view line) {
  if (line.empty()) {
    next_ = Next::kNothing;
    return absl::OkStatus();
  }
  trailer_bytes_ += line.size() + 2;
  if (trailer_bytes_ > max_section_bytes_) {
    return HeaderTooLarge(max_section_bytes_);
  }
  return CheckFieldLine(line);
}

}  // namespace webhooks::gateway
