#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "grpcpp/grpcpp.h"
#include "tests/bench/child_process.h"
#include "tests/bench/load.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/temp_folder.h"
#include "webhooks/v1/event_service.grpc.pb.h"
#include "webhooks/v1/webhook_service.grpc.pb.h"

// Measures calls of the running service over gRPC and REST. The limits are a
// server that answers the same messages at once, and the time of an fdatasync.
namespace webhooks::bench {
namespace {

constexpr int kRounds = 3;
constexpr absl::Duration kRound = absl::Milliseconds(700);
constexpr char kEcho[] = "--echo";
constexpr char kUrl[] = "https://acme.com/webhook_receiver";
constexpr char kDescription[] = "Webhook to receive connection events";
constexpr char kData[] =
    R"({"id":"a3b1c8e2","name":"Ada Lovelace","plan":"team","seats":12})";
constexpr char kType[] = "connection.created";

// Answers every call at once.
class EchoService final : public v1::WebhookService::CallbackService {
 public:
  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const v1::CreateWebhookRequest* request,
                                   v1::Webhook* response) override {
    response->set_id_webhook_endpoint("01890a5d-ac96-774b-bcce-b302099a8057");
    response->set_url(request->url());
    response->set_endpoint_description(request->description());
    for (const std::string& type : request->scope()) response->add_scope(type);
    response->set_secret(std::string(50, 's'));
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

int RunEcho() {
  EchoService service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  std::printf("listening address=127.0.0.1:%d\n", port);
  std::fflush(stdout);
  server->Wait();
  return 0;
}

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(),
                                   arguments);
}

// The clients of one service, on four connections.
class Clients {
 public:
  explicit Clients(const std::vector<std::string>& addresses) {
    for (std::size_t i = 0; i < 4; ++i) {
      const auto channel = MakeChannel(addresses[i % addresses.size()]);
      webhooks_.push_back(v1::WebhookService::NewStub(channel));
      events_.push_back(v1::EventService::NewStub(channel));
    }
  }

  StartCall Create(int place, const std::string& type = kType) {
    auto& stub = *webhooks_[static_cast<std::size_t>(place) % 4];
    const auto request = std::make_shared<v1::CreateWebhookRequest>();
    request->set_url(kUrl);
    request->set_description(kDescription);
    request->add_scope(type);
    const auto response = std::make_shared<v1::Webhook>();
    return [&stub, request, response](grpc::ClientContext& context,
                                      std::function<void(grpc::Status)> done) {
      stub.async()->Create(&context, request.get(), response.get(),
                           std::move(done));
    };
  }

  StartCall Publish(int place, const std::string& type) {
    auto& stub = *events_[static_cast<std::size_t>(place) % 4];
    const auto request = std::make_shared<v1::PublishEventRequest>();
    request->set_type(type);
    request->set_data(kData);
    const auto response = std::make_shared<v1::PublishEventResponse>();
    return [&stub, request, response](grpc::ClientContext& context,
                                      std::function<void(grpc::Status)> done) {
      stub.async()->Publish(&context, request.get(), response.get(),
                            std::move(done));
    };
  }

 private:
  std::vector<std::unique_ptr<v1::WebhookService::Stub>> webhooks_;
  std::vector<std::unique_ptr<v1::EventService::Stub>> events_;
};

// One or more servers on one database, and a gateway.
class Service {
 public:
  Service(const std::string& folder, const std::string& database, int servers)
      : key_file_(folder + "/api-key") {
    std::filesystem::create_directories(folder);
    const std::string bin = ProgramFolder();
    std::vector<std::string> addresses;
    for (int i = 0; i < servers; ++i) {
      servers_.push_back(
          std::make_unique<ChildProcess>(std::vector<std::string>{
              bin + "/webhook-server", "--listen=127.0.0.1:0",
              absl::StrCat("--database=", database), "--deliver=false",
              "--api_key_file=" + key_file_,
              "--admin_key_file=" + folder + "/admin",
              "--secret_key_file=" + folder + "/secret-key",
              "--trusted_gateway_addresses=127.0.0.1"}));
      addresses.push_back(servers_.back()->address());
    }
    gateway_ = std::make_unique<ChildProcess>(std::vector<std::string>{
        bin + "/webhook-gateway", "--listen=127.0.0.1:0",
        "--server=" + addresses[0]});
    clients_ = std::make_unique<Clients>(addresses);
    std::ifstream(key_file_) >> key_;
  }

  Clients& clients() { return *clients_; }
  const std::string& key() const { return key_; }
  const std::string& gateway() const { return gateway_->address(); }

  std::string Request() const {
    const std::string body =
        absl::StrCat(R"({"url":")", kUrl, R"(","description":")", kDescription,
                     R"(","scope":[")", kType, R"("]})");
    return absl::StrCat("POST /webhooks HTTP/1.1\r\nHost: ", gateway(),
                        "\r\nx-api-key: ", key_,
                        "\r\nContent-Type: application/json\r\n"
                        "Content-Length: ",
                        body.size(), "\r\n\r\n", body);
  }

 private:
  const std::string key_file_;
  std::string key_;
  std::vector<std::unique_ptr<ChildProcess>> servers_;
  std::unique_ptr<ChildProcess> gateway_;
  std::unique_ptr<Clients> clients_;
};

double Micros(absl::Duration time) { return absl::ToDoubleMicroseconds(time); }

void Print(const std::string& name, double ratio, Load& load) {
  std::printf("%-44s ratio %5.2f %9.0f/s  p50 %7.0f us  p99 %7.0f us\n",
              name.c_str(), ratio, load.PerSecond(), Micros(load.Quantile(0.5)),
              Micros(load.Quantile(0.99)));
  std::fflush(stdout);
}

using Measure = std::function<Load()>;

// Measures all in turn, in several rounds.
std::vector<Load> InTurn(const std::vector<Measure>& measures) {
  std::vector<Load> loads(measures.size());
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < measures.size(); ++i) {
      loads[i].Add(measures[i]());
    }
  }
  return loads;
}

// Prints calls of the services as ratios to the echo: of the rates, or, for one
// call at a time, of the time to that of an echo and an fdatasync.
class Report {
 public:
  Report(Service& echo_like, Clients& echo, std::string folder)
      : echo_key_(echo_like.key()), echo_(echo), folder_(std::move(folder)) {}

  void Add(std::string name, Service& service) {
    services_.emplace_back(std::move(name), &service);
  }

  void Calls(const std::string& what, int outstanding,
             const std::function<StartCall(Clients&, int place)>& make) {
    std::vector<Measure> measures;
    for (const auto& [name, service] : services_) {
      Service& one = *service;
      measures.push_back([&one, make, outstanding] {
        return MeasureCalls([&](int i) { return make(one.clients(), i); },
                            outstanding, one.key(), kRound);
      });
    }
    PrintAll(absl::StrCat("gRPC ", what), outstanding, measures);
  }

  void Requests(int connections) {
    std::vector<Measure> measures;
    for (const auto& [name, service] : services_) {
      Service& one = *service;
      measures.push_back([&one, connections] {
        return MeasureRequests(one.gateway(), one.Request(), connections,
                               kRound);
      });
    }
    PrintAll("REST Create", connections, measures);
  }

 private:
  void PrintAll(const std::string& what, int outstanding,
                std::vector<Measure> measures) {
    measures.push_back([&] {
      return MeasureCalls([&](int i) { return echo_.Create(i); }, outstanding,
                          echo_key_, kRound);
    });
    measures.push_back([&] { return MeasureSyncs(folder_, kRound / 4); });
    std::vector<Load> loads = InTurn(measures);
    Load& sync = loads.back();
    Load& echo = loads[loads.size() - 2];
    for (std::size_t i = 0; i < services_.size(); ++i) {
      const double ratio =
          outstanding == 1
              ? absl::FDivDuration(loads[i].Quantile(0.5),
                                   echo.Quantile(0.5) + sync.Quantile(0.5))
              : loads[i].PerSecond() / echo.PerSecond();
      Print(absl::StrCat(what, ", ", outstanding, ", ", services_[i].first),
            ratio, loads[i]);
    }
    Print(absl::StrCat("  echo, ", outstanding), 1, echo);
    if (outstanding == 1) Print("  fdatasync", 1, sync);
  }

  const std::string echo_key_;
  Clients& echo_;
  const std::string folder_;
  std::vector<std::pair<std::string, Service*>> services_;
};

void AddListeners(Service& service, const std::string& type, int count) {
  for (int i = 0; i < count; ++i) {
    MeasureCalls(
        [&](int place) { return service.clients().Create(place, type); }, 1,
        service.key(), absl::ZeroDuration());
  }
}

int Main(const std::vector<int>& outstandings) {
  testing::TempFolder folder;
  const ChildProcess echo({ProgramFolder() + "/bench_calls", kEcho});
  Clients echo_clients({echo.address()});
  Service sqlite(folder.Path("sqlite"),
                 "sqlite:" + folder.Path("sqlite") + "/webhooks.db", 1);
  Report report(sqlite, echo_clients, folder.Path("sqlite"));
  report.Add("SQLite", sqlite);
  std::unique_ptr<testing::PostgresCluster> cluster;
  std::vector<std::unique_ptr<Service>> others;
  if (testing::PostgresCluster::IsInstalled()) {
    cluster = std::make_unique<testing::PostgresCluster>(
        std::vector<std::string>{"-c", "fsync=on", "-c", "max_wal_size=4GB",
                                 "-c", "shared_buffers=256MB"});
    for (const int servers : {1, 2}) {
      others.push_back(std::make_unique<Service>(
          folder.Path(absl::StrCat("postgres", servers)),
          cluster->CreateDatabase(), servers));
      report.Add(absl::StrCat("PostgreSQL, ", servers,
                              servers == 1 ? " server" : " servers"),
                 *others.back());
    }
  }
  for (const int outstanding : outstandings) {
    report.Calls("Create", outstanding, [](Clients& clients, int place) {
      return clients.Create(place);
    });
    report.Requests(outstanding);
  }
  for (const int listeners : {0, 1, 10}) {
    const std::string type = absl::StrCat("heard.by.", listeners);
    AddListeners(sqlite, type, listeners);
    for (auto& service : others) AddListeners(*service, type, listeners);
    for (const int outstanding : outstandings) {
      report.Calls(absl::StrCat("Publish to ", listeners), outstanding,
                   [&](Clients& clients, int place) {
                     return clients.Publish(place, type);
                   });
    }
  }
  return 0;
}

}  // namespace
}  // namespace webhooks::bench

// Takes the numbers of calls at once, or has its own.
int main(int argc, char** argv) {
  std::vector<int> outstandings;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == webhooks::bench::kEcho) {
      return webhooks::bench::RunEcho();
    }
    int outstanding = 0;
    if (absl::SimpleAtoi(argv[i], &outstanding)) {
      outstandings.push_back(outstanding);
    }
  }
  if (outstandings.empty()) outstandings = {1, 64, 256};
  return webhooks::bench::Main(outstandings);
}
