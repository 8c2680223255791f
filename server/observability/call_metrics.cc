#include "server/observability/call_metrics.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"

namespace webhooks::server {
namespace {

// Returns a string that is never destroyed, unlike absl::StatusCodeToString.
absl::string_view CodeName(absl::StatusCode code) {
  static const auto& names = *new std::vector<std::string>([] {
    std::vector<std::string> all;
    for (int i = 0; i <= static_cast<int>(absl::StatusCode::kUnauthenticated);
         ++i) {
      all.push_back(absl::StatusCodeToString(static_cast<absl::StatusCode>(i)));
    }
    return all;
  }());
  const auto index = static_cast<std::size_t>(code);
  return index < names.size() ? absl::string_view(names[index]) : kOther;
}

}  // namespace

CallMetrics::CallMetrics(prometheus::Registry& registry,
                         const std::vector<std::string>& services)
    : latencies_(registry, "webhooks_rpc_duration_seconds",
                 "Duration of calls in seconds, by method and status code.",
                 {"method", "code", ""}) {
  const auto& pool = *google::protobuf::DescriptorPool::generated_pool();
  for (const std::string& name : services) {
    const auto* const service = pool.FindServiceByName(name);
    for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
      rpcs_.insert(absl::StrCat(name, "/", service->method(i)->name()));
    }
  }
}

void CallMetrics::OnCallFinished(absl::string_view rpc, absl::StatusCode code,
                                 absl::Duration latency) {
  latencies_.Observe({rpcs_.contains(rpc) ? rpc : kOther, CodeName(code), ""},
                     latency);
}

}  // namespace webhooks::server
