#include "storage/postgres/engine/link.h"

#include <poll.h>

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "storage/postgres/engine/failure.h"

namespace webhooks::postgres {
namespace {

// The types of parameters (pg_type.dat).
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kText = 25;

// The wait for the answer to a statement, above the server's own limit.
constexpr absl::Duration kAnswerTimeout = absl::Seconds(40);

std::string FieldOf(const PGresult* result, int field) {
  const char* const text = PQresultErrorField(result, field);
  return text == nullptr ? "" : text;
}

// Returns libpq's message about the last failure, its lines joined.
std::string MessageOf(const PGconn* connection) {
  std::vector<absl::string_view> lines =
      absl::StrSplit(PQerrorMessage(connection), '\n', absl::SkipWhitespace());
  for (absl::string_view& line : lines) {
    line = absl::StripAsciiWhitespace(line);
  }
  return absl::StrJoin(lines, "; ");
}

// Returns what to do about a failed connection, with a separator; "" if that is
// not known.
absl::string_view RemedyOf(const PGconn* connection) {
  return PQconnectionNeedsPassword(connection) == 1
             ? "; put the password into a file, and name the file with the "
               "option passfile of the URL or with PGPASSFILE"
             : "";
}

}  // namespace

std::int64_t ReadInteger(absl::string_view bytes) {
  if (bytes.empty()) return 0;
  auto value = static_cast<std::uint64_t>(
      static_cast<std::int64_t>(static_cast<signed char>(bytes[0])));
  for (const char byte : bytes.substr(1)) {
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  return static_cast<std::int64_t>(value);
}

void Parameter::SetInt64(std::int64_t value) {
  char bytes[sizeof(value)];
  for (int i = 0; i < 8; ++i) {
    bytes[i] =
        static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * (7 - i)));
  }
  SetCopy({bytes, sizeof(bytes)});
  type_ = kInt8;
}

void Parameter::SetText(absl::string_view text) {
  SetBytes(text);
  type_ = kText;
}

void Parameter::SetBytes(absl::string_view bytes) {
  type_ = kBytea;
  is_copy_ = false;
  bytes_ = bytes;
}

void Parameter::SetCopy(absl::string_view bytes) {
  type_ = kBytea;
  is_copy_ = true;
  copy_ = std::string(bytes);
}

Parameter Parameter::Owned() const {
  Parameter owned = *this;
  if (data() == nullptr || is_copy_) return owned;
  owned.SetCopy(bytes_);
  owned.type_ = type_;
  return owned;
}

absl::StatusOr<std::unique_ptr<Link>> Link::Connect(const Target& target) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : target.parameters) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  std::unique_ptr<Link> link(new Link(
      PQconnectdbParams(keywords.data(), values.data(), /*expand_dbname=*/0),
      target.prepares));
  PGconn* const connection = link->connection_;
  if (PQstatus(connection) != CONNECTION_OK) {
    return absl::UnavailableError(absl::StrCat("database ", target.name, ": ",
                                               MessageOf(connection),
                                               RemedyOf(connection)));
  }
  if (PQsetnonblocking(connection, 1) != 0 ||
      PQenterPipelineMode(connection) != 1) {
    return absl::UnavailableError(
        absl::StrCat("database ", target.name,
                     ": the connection cannot be set to pipeline mode"));
  }
  PQsetNoticeReceiver(
      connection,
      [](void* self, const PGresult* notice) {
        if (FieldOf(notice, PG_DIAG_SEVERITY_NONLOCALIZED) == "WARNING") {
          static_cast<Link*>(self)->has_warning_ = true;
        }
      },
      link.get());
  return link;
}

Link::Link(PGconn* connection, bool prepares)
    : connection_(connection), prepares_(prepares) {}

Link::~Link() { PQfinish(connection_); }

bool Link::IsGood() const {
  return !is_broken_ && PQstatus(connection_) == CONNECTION_OK;
}

bool Link::TakeWarning() { return std::exchange(has_warning_, false); }

std::vector<Result> Link::Finish() {
  if (!IsGood()) Disconnected();
  Sync();
  std::vector<Result> results;
  std::optional<Failure> failure;
  for (const Commands& commands : std::exchange(sent_, {})) {
    try {
      results = Read(commands);
    } catch (const Failure& one) {
      if (!failure) failure = one;
      if (!IsGood()) break;
    }
  }
  if (failure) throw Failure(*failure);
  return results;
}

Result Link::Run(const Query& query) {
  Enqueue(query);
  return std::move(Finish().back());
}

void Link::Send(const Query& query) {
  if (!IsGood()) return;
  try {
    Enqueue(query);
    Sync();
    PQflush(connection_);
  } catch (const Failure&) {
    // The connection is broken, which the next Finish notices.
  }
}

void Link::Enqueue(const Query& query) {
  if (!IsGood()) Disconnected();
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> sizes;
  for (const Parameter& parameter : query.parameters) {
    types.push_back(parameter.type());
    values.push_back(parameter.data());
    sizes.push_back(parameter.size());
  }
  constexpr int kBinary = 1;
  const std::vector<int> formats(query.parameters.size(), kBinary);
  const int count = static_cast<int>(values.size());
  const int sent =
      prepares_ && query.is_frequent
          ? PQsendQueryPrepared(connection_, Prepared(query, types).c_str(),
                                count, values.data(), sizes.data(),
                                formats.data(), kBinary)
          : PQsendQueryParams(connection_, query.sql.c_str(), count,
                              types.data(), values.data(), sizes.data(),
                              formats.data(), kBinary);
  if (sent != 1) Disconnected();
  enqueued_.emplace_back();
}

std::string Link::Prepared(const Query& query, const std::vector<Oid>& types) {
  const std::string key =
      absl::StrCat(absl::StrJoin(types, ","), " ", query.sql);
  std::string& name = prepared_[key];
  if (!name.empty()) return name;
  name = absl::StrCat("s", ++last_name_);
  if (PQsendPrepare(connection_, name.c_str(), query.sql.c_str(),
                    static_cast<int>(types.size()), types.data()) != 1) {
    Disconnected();
  }
  enqueued_.push_back(key);
  return name;
}

void Link::Sync() {
  if (PQpipelineSync(connection_) != 1) Disconnected();
  sent_.push_back(std::exchange(enqueued_, {}));
}

std::vector<Result> Link::Read(const Commands& commands) {
  const absl::Time deadline = absl::Now() + kAnswerTimeout;
  std::vector<Result> results;
  std::string state;
  std::string cause;
  for (const std::string& key : commands) {
    Result result = Next(deadline);
    if (result == nullptr) Disconnected();
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_FATAL_ERROR && state.empty()) {
      state = FieldOf(result.get(), PG_DIAG_SQLSTATE);
      if (state.empty()) state = std::string(Failure::kDisconnected);
      cause = FieldOf(result.get(), PG_DIAG_MESSAGE_PRIMARY);
    }
    if (key.empty()) {
      results.push_back(std::move(result));
    } else if (status != PGRES_COMMAND_OK) {
      prepared_.erase(key);
    }
    if (IsGood()) Next(deadline);
  }
  if (!IsGood()) is_broken_ = true;
  if (cause.empty()) cause = "the connection was lost";
  if (!is_broken_) {
    const Result sync = Next(deadline);
    if (PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) {
      is_broken_ = true;
    }
  }
  if (!state.empty())
    throw Failure(state, absl::StrCat(cause, " (", state, ")"));
  if (is_broken_) Disconnected();
  return results;
}

Result Link::Next(absl::Time deadline) {
  while (PQisBusy(connection_) != 0) {
    const int unsent = PQflush(connection_);
    if (unsent < 0) break;
    pollfd wait{PQsocket(connection_),
                static_cast<short>(POLLIN | (unsent > 0 ? POLLOUT : 0)), 0};
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration() ||
        poll(&wait, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1) ==
            0) {
      is_broken_ = true;
      throw Failure(std::string(Failure::kDisconnected),
                    "the server does not answer");
    }
    if (PQconsumeInput(connection_) != 1) break;
  }
  return Result(PQgetResult(connection_), &PQclear);
}

void Link::Disconnected() {
  is_broken_ = true;
  throw Failure(std::string(Failure::kDisconnected), MessageOf(connection_));
}

}  // namespace webhooks::postgres
