#include "storage/postgres/engine/target.h"

#include <postgresql/libpq-fe.h>

#include <map>
#include <memory>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace webhooks::postgres {
namespace {

constexpr absl::Duration kMinBeat = absl::Milliseconds(20);
constexpr absl::Duration kMaxBeat = absl::Minutes(1);

// The session's settings:
// - search_path: the tables of the service stand in a schema of their own.
// - statement_timeout, lock_timeout: below the time for which a connection
//   waits for an answer.
// - idle_in_transaction_session_timeout: a process that was stopped
//   (SIGSTOP) does not hold locks.
// - enable_seqscan: a plan that was made for an empty table is used for a large
//   one until the server has analyzed it.
// - jit: no statement is worth compiling, but one that must read a whole table
//   seems to be where enable_seqscan is off.
constexpr absl::string_view kSettings =
    "-c search_path=webhooks -c statement_timeout=30s -c lock_timeout=20s"
    " -c idle_in_transaction_session_timeout=5s"
    " -c default_transaction_read_only=off -c enable_seqscan=off"
    " -c jit=off";

// The options of this service.
constexpr absl::string_view kBeat = "beat";
constexpr absl::string_view kPrepare = "prepare";
constexpr absl::string_view kRequireSync = "require_sync";

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

// Values by keyword.
using Values = std::map<std::string, std::string>;

// Sets an option of this service. Returns false if it is one of libpq.
absl::StatusOr<bool> SetOwnOption(absl::string_view name,
                                  absl::string_view value, Target& target) {
  bool* const flag = name == kRequireSync ? &target.requires_sync
                     : name == kPrepare   ? &target.prepares
                                          : nullptr;
  if (flag != nullptr) {
    if (value != "true" && value != "false") {
      return absl::InvalidArgumentError(
          absl::StrCat(name, " must be true or false"));
    }
    *flag = value == "true";
    return true;
  }
  if (name != kBeat) return false;
  if (!absl::ParseDuration(value, &target.beat) || target.beat < kMinBeat ||
      target.beat > kMaxBeat) {
    return absl::InvalidArgumentError(
        "beat must be a number with a unit, such as beat=1s: 20ms to 1m");
  }
  return true;
}

// Returns the names of all options.
std::vector<std::string> OptionNames() {
  std::vector<std::string> names = {std::string(kBeat), std::string(kPrepare),
                                    std::string(kRequireSync)};
  const Options options(PQconndefaults());
  for (const PQconninfoOption* option = options.get();
       option != nullptr && option->keyword != nullptr; ++option) {
    names.emplace_back(option->keyword);
  }
  // libpq takes it in URLs, in place of sslmode.
  names.emplace_back("ssl");
  absl::c_sort(names);
  return names;
}

// Returns OK if the option `name` exists.
absl::Status CheckOption(absl::string_view name) {
  const std::vector<std::string> names = OptionNames();
  if (absl::c_linear_search(names, name)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the database's URL has the unknown option '", name,
                   "'; the options are ", absl::StrJoin(names, ", ")));
}

// Takes the options of this service out of the URL.
absl::StatusOr<std::string> TakeOwnOptions(absl::string_view url,
                                           Target& target) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(url, absl::MaxSplits('?', 1));
  std::vector<absl::string_view> others;
  for (const absl::string_view option :
       absl::StrSplit(parts.second, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(option, absl::MaxSplits('=', 1));
    const auto is_own = SetOwnOption(pair.first, pair.second, target);
    if (!is_own.ok()) return is_own.status();
    if (*is_own) continue;
    // Where there is an @, the option may be a part of a password.
    if (!absl::StrContains(parts.second, '@')) {
      absl::Status known = CheckOption(pair.first);
      if (!known.ok()) return known;
    }
    others.push_back(option);
  }
  return absl::StrCat(parts.first, others.empty() ? "" : "?",
                      absl::StrJoin(others, "&"));
}

// Returns true if every host is this machine.
bool IsLoopback(absl::string_view hosts) {
  for (const absl::string_view host : absl::StrSplit(hosts, ',')) {
    if (!host.empty() && host[0] != '/' && host != "localhost" &&
        host != "::1" && !absl::StartsWith(host, "127.")) {
      return false;
    }
  }
  return true;
}

// Returns the text as a part of a URL, where `plain` needs no encoding.
std::string Encoded(absl::string_view text, absl::string_view plain) {
  std::string encoded;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
        absl::StrContains(plain, c)) {
      encoded.push_back(c);
    } else {
      absl::StrAppend(
          &encoded, "%",
          absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
  return encoded;
}

// Returns the URL with these values, but without passwords.
std::string NameOf(Values values) {
  values.erase("password");
  values.erase("sslpassword");
  constexpr absl::string_view kPlain = "-._~/,:";
  const auto take = [&](const char* keyword) {
    const std::string value = values[keyword];
    values.erase(keyword);
    return value;
  };
  const std::string user = take("user");
  std::string name = absl::StrCat("postgres://", Encoded(user, "-._~"),
                                  user.empty() ? "" : "@");
  const std::string database = take("dbname");
  // Sockets and several hosts are options.
  if (values["host"].find_first_of("/,@") == std::string::npos) {
    const std::string host = take("host");
    const bool is_ipv6 = absl::StrContains(host, ':');
    absl::StrAppend(&name, is_ipv6 ? "[" : "", Encoded(host, kPlain),
                    is_ipv6 ? "]" : "");
    const std::string port = take("port");
    absl::StrAppend(&name, port.empty() ? "" : ":", port);
  }
  absl::StrAppend(&name, "/", Encoded(database, kPlain));
  absl::string_view separator = "?";
  for (const auto& [keyword, value] : values) {
    if (value.empty()) continue;
    absl::StrAppend(&name, separator, keyword, "=", Encoded(value, kPlain));
    separator = "&";
  }
  return name;
}

}  // namespace

absl::StatusOr<Target> ParseTarget(absl::string_view url) {
  Target target;
  const auto own = TakeOwnOptions(url, target);
  if (!own.ok()) return own.status();
  char* error = nullptr;
  const Options options(PQconninfoParse(own->c_str(), &error));
  if (options == nullptr) {
    // libpq's message repeats the URL, and with it the password.
    PQfreemem(error);
    return absl::InvalidArgumentError(
        "the database's URL is not postgres://[USER@]HOST[:PORT]/DATABASE"
        "[?OPTION=VALUE&...] with options of libpq");
  }
  Values values;
  for (const PQconninfoOption* option = options.get();
       option->keyword != nullptr; ++option) {
    if (option->val != nullptr) values[option->keyword] = option->val;
  }
  target.name = NameOf(values);
  const auto set_default = [&](const char* keyword, absl::string_view value) {
    values.try_emplace(keyword, value);
  };
  set_default("connect_timeout", "5");
  set_default("tcp_user_timeout", "10000");
  set_default("keepalives_idle", "10");
  set_default("keepalives_interval", "3");
  set_default("keepalives_count", "3");
  set_default("application_name", "webhook-server");
  if (!IsLoopback(absl::StrCat(values["host"],
                               values["host"].empty() ? "" : ",",
                               values["hostaddr"]))) {
    set_default("sslmode", "verify-full");
  }
  values["target_session_attrs"] = "read-write";
  values["client_encoding"] = "UTF8";
  values["options"] = absl::StrCat(
      values["options"], values["options"].empty() ? "" : " ", kSettings);
  for (auto& [keyword, value] : values) {
    if (!value.empty()) target.parameters.emplace_back(keyword, value);
  }
  return target;
}

}  // namespace webhooks::postgres
