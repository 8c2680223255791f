#include "server/ctl/short_ids.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/ctl/lists.h"
#include "storage/uuid.h"
#include "webhooks/v1/delivery_service.pb.h"
#include "webhooks/v1/event_service.pb.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::ctl {
namespace {

constexpr std::size_t kShort = 12;
constexpr std::size_t kMinPart = 4;
constexpr std::size_t kMaxSearched = 1000;

// Returns the only one of `ids` that begins or ends with `part`.
absl::StatusOr<std::string> OnlyMatch(absl::string_view kind,
                                      const std::string& part,
                                      const std::vector<std::string>& ids) {
  std::vector<std::string> found;
  for (const std::string& id : ids) {
    if (absl::StartsWith(id, part) || absl::EndsWith(id, part)) {
      found.push_back(id);
    }
  }
  if (found.size() == 1) return found[0];
  if (found.empty()) {
    return absl::NotFoundError(
        absl::StrCat("no ", kind, " has an id that begins or ends with '", part,
                     "' (searched: ", ids.size(), "); give the whole id"));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "'", part, "' fits several ids: ", absl::StrJoin(found, ", ")));
}

// Returns `text` if it is a whole id; else looks for it in the list that `call`
// fetches. `id_of(row)` returns the id of a row.
template <typename Row, typename Request, typename Call, typename Rows,
          typename IdOf>
absl::StatusOr<std::string> Find(absl::string_view kind,
                                 const std::string& text, Call&& call,
                                 Rows&& rows, IdOf&& id_of) {
  if (ParseUuid(text) || text.size() < kMinPart) return text;
  const auto all =
      ListSome<Row>(kMaxSearched, Request(), std::forward<Call>(call),
                    std::forward<Rows>(rows));
  if (!all.ok()) return all.status();
  std::vector<std::string> ids;
  ids.reserve(all->size());
  for (const Row& row : *all) ids.push_back(id_of(row));
  return OnlyMatch(kind, text, ids);
}

}  // namespace

std::string ShortId(absl::string_view id) {
  return std::string(id.substr(id.size() - std::min(id.size(), kShort)));
}

absl::StatusOr<std::string> DeliveryId(Session& session,
                                       const std::string& text) {
  return Find<v1::Delivery, v1::ListDeliveriesRequest>(
      "delivery", text,
      [&](const auto& request) {
        return session.client.Call<v1::ListDeliveriesResponse>(
            "webhooks.v1.DeliveryService/List", request);
      },
      [](const auto& page) { return page.deliveries(); },
      [](const auto& row) { return row.id_delivery(); });
}

absl::StatusOr<std::string> EventId(Session& session, const std::string& text) {
  return Find<v1::Event, v1::ListEventsRequest>(
      "event", text,
      [&](const auto& request) {
        return session.client.Call<v1::ListEventsResponse>(
            "webhooks.v1.EventService/List", request);
      },
      [](const auto& page) { return page.events(); },
      [](const auto& row) { return row.id_event(); });
}

absl::StatusOr<std::string> WebhookId(Session& session,
                                      const std::string& text) {
  return Find<v1::Webhook, v1::ListWebhooksRequest>(
      "webhook", text,
      [&](const auto& request) {
        return session.client.Call<v1::ListWebhooksResponse>(
            "webhooks.v1.WebhookService/List", request);
      },
      [](const auto& page) { return page.webhooks(); },
      [](const auto& row) { return row.id_webhook_endpoint(); });
}

}  // namespace webhooks::ctl
