#include <chrono>
#include <string>

#include "benchmark/benchmark.h"
#include "gateway/transcoding/router.h"
#include "gateway/transcoding/transcoder.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/time_util.h"
#include "webhooks/v1/webhook_service.pb.h"

// Compares the transcoder with protobuf's json_util, for the bodies of the
// reference requests.
namespace webhooks::gateway {
namespace {

using google::protobuf::util::JsonPrintOptions;
using google::protobuf::util::JsonStringToMessage;
using google::protobuf::util::MessageToJsonString;
using google::protobuf::util::TimeUtil;

constexpr char kBody[] =
    R"({"url":"https://acme.com/webhook_receiver",)"
    R"("description":"Webhook to receive connection events",)"
    R"("scope":["connection.created"]})";

Router MakeRouter() {
  return Router::Make({google::protobuf::DescriptorPool::generated_pool()
                           ->FindServiceByName("webhooks.v1.WebhookService")})
      .value();
}

v1::Webhook MakeWebhook() {
  v1::Webhook webhook;
  webhook.set_id_webhook_endpoint("801f9ede-c698-4e66-a7fc-48d19eebaa4f");
  webhook.set_endpoint_description("Webhook to receive connection events");
  webhook.set_url("https://acme.com/webhook_receiver");
  webhook.set_secret("801f9ede-c698-4e66-a7fc-48d19eebaa4f");
  webhook.set_active(true);
  *webhook.mutable_created_at() = TimeUtil::SecondsToTimestamp(1727784000);
  webhook.add_scope("connection.created");
  webhook.set_id_project("801f9ede-c698-4e66-a7fc-48d19eebaa4f");
  *webhook.mutable_last_update() = webhook.created_at();
  return webhook;
}

void Route(benchmark::State& state) {
  const Router router = MakeRouter();
  for ([[maybe_unused]] auto iteration : state) {
    auto match =
        router.Find("GET", "/webhooks/801f9ede-c698-4e66-a7fc-48d19eebaa4f");
    benchmark::DoNotOptimize(match);
  }
}
BENCHMARK(Route);

// Runs both in turn, so that other load affects both. Reports the time of a
// call of each, and their ratio.
template <typename Ours, typename Theirs>
void Compare(benchmark::State& state, Ours ours, Theirs theirs) {
  constexpr int kCalls = 100;
  const auto seconds = [&](auto& call) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kCalls; ++i) {
      if (!call()) state.SkipWithError("refused");
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                         begin)
        .count();
  };
  double our_time = 0, their_time = 0;
  for ([[maybe_unused]] auto iteration : state) {
    our_time += seconds(ours);
    their_time += seconds(theirs);
  }
  const auto calls = static_cast<double>(state.iterations()) * kCalls;
  state.counters["ours"] = our_time / calls;
  state.counters["json_util"] = their_time / calls;
  state.counters["ratio"] = their_time / our_time;
}

void ReadBody(benchmark::State& state) {
  const Router router = MakeRouter();
  const auto match = router.Find("POST", "/webhooks").value();
  Compare(
      state,
      [&] {
        return ReadRequest(*match.binding, match.path_values, "", kBody).ok();
      },
      [] {
        v1::CreateWebhookRequest request;
        return JsonStringToMessage(kBody, &request).ok();
      });
}
BENCHMARK(ReadBody);

void WriteBody(benchmark::State& state) {
  const Router router = MakeRouter();
  const auto match = router.Find("POST", "/webhooks").value();
  const v1::Webhook webhook = MakeWebhook();
  JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  Compare(
      state, [&] { return WriteResponse(*match.binding, webhook).ok(); },
      [&] {
        std::string body;
        return MessageToJsonString(webhook, &body, options).ok();
      });
}
BENCHMARK(WriteBody);

}  // namespace
}  // namespace webhooks::gateway

BENCHMARK_MAIN();
