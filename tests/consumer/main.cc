// consumer SERVER KEY: creates a webhook, and prints the URLs of all webhooks.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "webhooks/v1/webhook_service.grpc.pb.h"

namespace {

using webhooks::v1::WebhookService;

// Ends the process if the call has failed.
void Expect(const grpc::Status& status) {
  if (status.ok()) return;
  std::cerr << status.error_code() << ": " << status.error_message() << '\n';
  std::exit(1);
}

std::unique_ptr<grpc::ClientContext> NewContext(const char* key) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata("x-api-key", key);
  context->set_deadline(std::chrono::system_clock::now() +
                        std::chrono::seconds(10));
  return context;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: consumer SERVER KEY\n";
    return 2;
  }
  const auto stub = WebhookService::NewStub(
      grpc::CreateChannel(argv[1], grpc::InsecureChannelCredentials()));
  webhooks::v1::CreateWebhookRequest request;
  request.set_url("https://acme.com/webhook_receiver");
  request.set_all_events(true);
  webhooks::v1::Webhook webhook;
  Expect(stub->Create(NewContext(argv[2]).get(), request, &webhook));
  webhooks::v1::ListWebhooksResponse list;
  Expect(stub->List(NewContext(argv[2]).get(), {}, &list));
  for (const auto& listed : list.webhooks()) std::cout << listed.url() << '\n';
}
