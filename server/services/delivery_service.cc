#include "server/services/delivery_service.h"

#include <utility>

#include "server/services/event_rules.h"
#include "server/services/list_filters.h"
#include "server/services/page_token.h"

namespace webhooks::server {
namespace {

DeliveryFilter FilterOf(const v1::ListDeliveriesRequest& wanted) {
  return {If(wanted.has_id_webhook_endpoint(), wanted.id_webhook_endpoint()),
          If(wanted.has_id_event(), wanted.id_event()),
          If(wanted.has_state(), wanted.state()),
          If(wanted.has_event_type(), wanted.event_type()),
          PublishedRange(wanted)};
}

}  // namespace

DeliveryService::DeliveryService(Calls& calls, DeliveryStore& store,
                                 Clock clock)
    : calls_(calls), store_(store), clock_(std::move(clock)) {}

grpc::ServerUnaryReactor* DeliveryService::List(Context* context,
                                                const Bytes* request,
                                                Bytes* response) {
  return calls_.Unary<v1::ListDeliveriesRequest, v1::ListDeliveriesResponse>(
      "webhooks.v1.DeliveryService/List", context, request, response,
      &CheckRequest,
      [this](const Caller& caller, const v1::ListDeliveriesRequest& wanted,
             Done<v1::ListDeliveriesResponse> done) {
        ListPage(caller, wanted, std::move(done));
      });
}

void DeliveryService::ListPage(const Caller& caller,
                               const v1::ListDeliveriesRequest& wanted,
                               Done<v1::ListDeliveriesResponse> done) {
  const std::string list = ListName("deliveries", caller.project, wanted);
  const auto start = ReadPage(list, wanted.page_size(), wanted.page_token());
  if (!start.ok()) return std::move(done)(start.status());
  store_.ListDeliveries(
      caller.project, FilterOf(wanted), *start, caller.options,
      [list, done = std::move(done)](
          absl::StatusOr<Page<v1::Delivery>> page) mutable {
        if (!page.ok()) return std::move(done)(page.status());
        v1::ListDeliveriesResponse answer;
        for (v1::Delivery& delivery : page->records) {
          *answer.add_deliveries() = std::move(delivery);
        }
        answer.set_next_page_token(MakePageToken(list, page->next));
        std::move(done)(std::move(answer));
      });
}

grpc::ServerUnaryReactor* DeliveryService::Get(Context* context,
                                               const Bytes* request,
                                               Bytes* response) {
  return calls_.Unary<v1::GetDeliveryRequest, v1::Delivery>(
      "webhooks.v1.DeliveryService/Get", context, request, response,
      &Calls::Anything,
      [this](const Caller& caller, const v1::GetDeliveryRequest& wanted,
             Done<v1::Delivery> done) {
        store_.GetDelivery(caller.project, wanted.id(), caller.options,
                           std::move(done));
      });
}

grpc::ServerUnaryReactor* DeliveryService::Retry(Context* context,
                                                 const Bytes* request,
                                                 Bytes* response) {
  return calls_.Unary<v1::RetryDeliveryRequest, v1::Delivery>(
      "webhooks.v1.DeliveryService/Retry", context, request, response,
      &Calls::Anything,
      [this](const Caller& caller, const v1::RetryDeliveryRequest& wanted,
             Done<v1::Delivery> done) {
        store_.RetryDelivery(caller.project, wanted.id(), clock_(),
                             caller.options, std::move(done));
      });
}

grpc::ServerUnaryReactor* DeliveryService::Cancel(Context* context,
                                                  const Bytes* request,
                                                  Bytes* response) {
  return calls_.Unary<v1::CancelDeliveryRequest, v1::Delivery>(
      "webhooks.v1.DeliveryService/Cancel", context, request, response,
      &Calls::Anything,
      [this](const Caller& caller, const v1::CancelDeliveryRequest& wanted,
             Done<v1::Delivery> done) {
        store_.CancelDelivery(caller.project, wanted.id(), caller.options,
                              std::move(done));
      });
}

}  // namespace webhooks::server
