#include "server/listen/transport_calls.h"

#include <grpc/grpc.h>
#include <grpc/support/alloc.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace webhooks::server {
namespace {

using boost::json::object;
using boost::json::value;

// The default page size of gRPC.
constexpr std::intptr_t kPage = 500;

// Precedes the peer's name in the name of a transport.
constexpr absl::string_view kTransport = "chttp2 ";

// Takes ownership of JSON text from channelz and parses it; null if there is
// none.
value Take(char* json) {
  if (json == nullptr) return nullptr;
  boost::json::error_code error;
  value parsed = boost::json::parse(json, error);
  gpr_free(json);
  return parsed;
}

absl::string_view Text(const object& from, const char* key) {
  const value* found = from.if_contains(key);
  if (found == nullptr || !found->is_string()) return "";
  return {found->get_string().data(), found->get_string().size()};
}

// 64-bit numbers are strings in the JSON of protobuf; 0 is omitted.
std::int64_t Number(const object& from, const char* key) {
  std::int64_t number = 0;
  return absl::SimpleAtoi(Text(from, key), &number) ? number : 0;
}

const boost::json::array* Array(const value& from, const char* key) {
  const object* whole = from.if_object();
  const value* found = whole == nullptr ? nullptr : whole->if_contains(key);
  return found == nullptr ? nullptr : found->if_array();
}

const object* Member(const object* from, const char* key) {
  const value* found = from == nullptr ? nullptr : from->if_contains(key);
  return found == nullptr ? nullptr : found->if_object();
}

std::vector<std::int64_t> Servers() {
  std::vector<std::int64_t> ids;
  const value listed = Take(grpc_channelz_get_servers(0));
  const boost::json::array* servers = Array(listed, "server");
  if (servers == nullptr) return ids;
  for (const value& server : *servers) {
    const object* ref = Member(server.if_object(), "ref");
    if (ref != nullptr) ids.push_back(Number(*ref, "serverId"));
  }
  return ids;
}

// Adds the server's transports after `after`, page by page.
void AddTransports(std::int64_t server, std::int64_t after,
                   std::vector<Transport>& transports) {
  for (;;) {
    const value listed =
        Take(grpc_channelz_get_server_sockets(server, after + 1, kPage));
    const boost::json::array* sockets = Array(listed, "socketRef");
    if (sockets == nullptr) return;
    for (const value& socket : *sockets) {
      const object* ref = socket.if_object();
      if (ref == nullptr) continue;
      after = Number(*ref, "socketId");
      transports.push_back(
          {std::string(absl::StripPrefix(Text(*ref, "name"), kTransport)),
           after});
    }
    if (sockets->size() < static_cast<std::size_t>(kPage)) return;
  }
}

}  // namespace

std::vector<Transport> ListTransports(std::int64_t after) {
  std::vector<Transport> transports;
  for (const std::int64_t server : Servers()) {
    AddTransports(server, after, transports);
  }
  return transports;
}

std::int64_t CountOpenCalls(std::int64_t transport) {
  const value found = Take(grpc_channelz_get_socket(transport));
  const object* data = Member(Member(found.if_object(), "socket"), "data");
  if (data == nullptr) return 0;
  return Number(*data, "streamsStarted") - Number(*data, "streamsSucceeded") -
         Number(*data, "streamsFailed");
}

}  // namespace webhooks::server
