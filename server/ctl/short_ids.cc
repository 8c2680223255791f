#include "server/ctl/short_ids.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "proto/rpc/status.h"
#include "storage/uuid.h"
#include "webhooks/v1/delivery_service.pb.h"
#include "webhooks/v1/event_service.pb.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::ctl {
namespace {

constexpr std::size_t kShort = 12;
constexpr std::size_t kMinPart = 4;
constexpr std::size_t kMaxCandidates = 10;
// The largest that the server allows.
constexpr int kPageSize = 1000;

// Returns true if no other id has the last characters of `id`: in the versions
// 4 and 7 they are random. Callers who choose the ids of events may use others,
// such as version 1, whose last characters are the same on one machine.
bool IsUniqueAtItsEnd(absl::string_view id, absl::string_view part) {
  constexpr std::size_t kVersion = 14;
  return part.size() >= kShort && absl::EndsWith(id, part) &&
         (id[kVersion] == '4' || id[kVersion] == '7');
}

absl::Status NoneFits(absl::string_view kind, absl::string_view part) {
  absl::Status status = absl::NotFoundError(absl::StrCat(
      "no ", kind, " has an id that begins or ends with '", part, "'"));
  // The reason of the server for a whole id that it does not know.
  return WithReason(std::move(status),
                    absl::StrCat(absl::AsciiStrToUpper(kind), "_NOT_FOUND"));
}

absl::Status SeveralFit(absl::string_view part,
                        std::vector<std::string> found) {
  const std::size_t more =
      found.size() - std::min(found.size(), kMaxCandidates);
  found.resize(found.size() - more);
  return absl::InvalidArgumentError(absl::StrCat(
      "'", part, "' fits several ids: ", absl::StrJoin(found, ", "),
      more == 0 ? "" : absl::StrCat(" and ", more, " more")));
}

// Looks for an id in the list that `rpc` returns. `rows(page)` returns the rows
// of a page, and `id_of(row)` the id of a row.
template <typename Response, typename Request, typename Rows, typename IdOf>
absl::StatusOr<std::string> FindInList(Session& session, absl::string_view kind,
                                       const std::string& part,
                                       const std::string& rpc, Rows rows,
                                       IdOf id_of) {
  Request request;
  request.set_page_size(kPageSize);
  return FindId(kind, part, [&]() -> absl::StatusOr<IdPage> {
    const auto page = session.client.Call<Response>(rpc, request);
    if (!page.ok()) return page.status();
    IdPage ids;
    for (const auto& row : rows(*page)) ids.ids.push_back(id_of(row));
    request.set_page_token(page->next_page_token());
    ids.is_last = page->next_page_token().empty();
    return ids;
  });
}

absl::StatusOr<std::string> DeliveryId(Session& session,
                                       const std::string& part) {
  return FindInList<v1::ListDeliveriesResponse, v1::ListDeliveriesRequest>(
      session, "delivery", part, "webhooks.v1.DeliveryService/List",
      [](const auto& page) { return page.deliveries(); },
      [](const auto& row) { return row.id_delivery(); });
}

}  // namespace

std::string ShortId(absl::string_view id) {
  return std::string(id.substr(id.size() - std::min(id.size(), kShort)));
}

absl::StatusOr<std::string> FindId(
    absl::string_view kind, absl::string_view part,
    absl::FunctionRef<absl::StatusOr<IdPage>()> next_page) {
  if (ParseUuid(part)) return std::string(part);
  if (part.size() < kMinPart) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", part, "' is no id of a ", kind, ", and too short for a part of ",
        "one: give at least ", kMinPart, " characters of its start or end"));
  }
  const std::string wanted = absl::AsciiStrToLower(part);
  std::vector<std::string> found;
  for (IdPage page{{}, false}; !page.is_last;) {
    auto next = next_page();
    if (!next.ok()) return next.status();
    page = *std::move(next);
    for (const std::string& id : page.ids) {
      if (IsUniqueAtItsEnd(id, wanted)) return id;
      if (absl::StartsWith(id, wanted) || absl::EndsWith(id, wanted)) {
        found.push_back(id);
      }
    }
  }
  if (found.size() == 1) return found[0];
  return found.empty() ? NoneFits(kind, part) : SeveralFit(part, found);
}

absl::StatusOr<std::string> EventId(Session& session, const std::string& part) {
  return FindInList<v1::ListEventsResponse, v1::ListEventsRequest>(
      session, "event", part, "webhooks.v1.EventService/List",
      [](const auto& page) { return page.events(); },
      [](const auto& row) { return row.id_event(); });
}

absl::StatusOr<std::string> WebhookId(Session& session,
                                      const std::string& part) {
  return FindInList<v1::ListWebhooksResponse, v1::ListWebhooksRequest>(
      session, "webhook", part, "webhooks.v1.WebhookService/List",
      [](const auto& page) { return page.webhooks(); },
      [](const auto& row) { return row.id_webhook_endpoint(); });
}

absl::Status ResolveIds(const Command& command, Session& session) {
  const std::vector<std::string> names = absl::StrSplit(
      command.arguments, absl::ByAnyChar(" []"), absl::SkipEmpty());
  for (std::size_t i = 0; i < session.arguments.size(); ++i) {
    std::string& argument = session.arguments[i];
    absl::StatusOr<std::string> id = argument;
    if (names[i] == "DELIVERY") id = DeliveryId(session, argument);
    if (names[i] == "EVENT") id = EventId(session, argument);
    if (names[i] == "WEBHOOK") id = WebhookId(session, argument);
    if (!id.ok()) return id.status();
    argument = *std::move(id);
  }
  return absl::OkStatus();
}

}  // namespace webhooks::ctl
