#include "server/services/reflection_service.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/reflection/v1/reflection.pb.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"
#include "server/call/call_record.h"
#include "server/call/errors.h"
#include "server/call/grpc_status.h"
#include "server/call/message_bytes.h"
#include "server/services/open_streams.h"
#include "storage/errors.h"

namespace webhooks::server {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

constexpr absl::string_view kMethod = "ServerReflectionInfo";

// The two versions of the protocol differ only in their names.
struct V1 {
  static constexpr absl::string_view kName =
      "grpc.reflection.v1.ServerReflection";
  using Request = grpc::reflection::v1::ServerReflectionRequest;
  using Response = grpc::reflection::v1::ServerReflectionResponse;
};
struct V1Alpha {
  static constexpr absl::string_view kName =
      "grpc.reflection.v1alpha.ServerReflection";
  using Request = grpc::reflection::v1alpha::ServerReflectionRequest;
  using Response = grpc::reflection::v1alpha::ServerReflectionResponse;
};

const DescriptorPool& Pool() { return *DescriptorPool::generated_pool(); }

template <typename Response>
void SetNotFound(Response& response, const std::string& what) {
  auto* error = response.mutable_error_response();
  error->set_error_code(static_cast<int>(grpc::StatusCode::NOT_FOUND));
  error->set_error_message("no " + what);
}

// Appends `file` after its imports, each file once.
template <typename FileResponse>
void AddWithImports(const FileDescriptor& file, std::set<std::string>& added,
                    FileResponse& files) {
  if (!added.insert(file.name()).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) {
    AddWithImports(*file.dependency(i), added, files);
  }
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  files.add_file_descriptor_proto(proto.SerializeAsString());
}

template <typename Response>
void SetFile(const FileDescriptor* file, const std::string& what,
             Response& response) {
  if (file == nullptr) return SetNotFound(response, what);
  std::set<std::string> added;
  AddWithImports(*file, added, *response.mutable_file_descriptor_response());
}

template <typename Response>
void SetExtensionNumbers(const std::string& type, Response& response) {
  const Descriptor* message = Pool().FindMessageTypeByName(type);
  if (message == nullptr) return SetNotFound(response, "type " + type);
  std::vector<const FieldDescriptor*> extensions;
  Pool().FindAllExtensions(message, &extensions);
  auto* numbers = response.mutable_all_extension_numbers_response();
  numbers->set_base_type_name(type);
  for (const FieldDescriptor* extension : extensions) {
    numbers->add_extension_number(extension->number());
  }
}

const FileDescriptor* FileOfExtension(const std::string& type, int number) {
  const Descriptor* message = Pool().FindMessageTypeByName(type);
  if (message == nullptr) return nullptr;
  const FieldDescriptor* field = Pool().FindExtensionByNumber(message, number);
  return field == nullptr ? nullptr : field->file();
}

template <typename Version>
void Answer(const typename Version::Request& request,
            const std::vector<std::string>& services,
            typename Version::Response& response) {
  using Request = typename Version::Request;
  response.Clear();
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  switch (request.message_request_case()) {
    case Request::kListServices:
      for (const std::string& name : services) {
        response.mutable_list_services_response()->add_service()->set_name(
            name);
      }
      return;
    case Request::kFileByFilename:
      return SetFile(Pool().FindFileByName(request.file_by_filename()),
                     "file " + request.file_by_filename(), response);
    case Request::kFileContainingSymbol:
      return SetFile(
          Pool().FindFileContainingSymbol(request.file_containing_symbol()),
          "symbol " + request.file_containing_symbol(), response);
    case Request::kFileContainingExtension: {
      const auto& wanted = request.file_containing_extension();
      return SetFile(
          FileOfExtension(wanted.containing_type(), wanted.extension_number()),
          "extension of " + wanted.containing_type(), response);
    }
    case Request::kAllExtensionNumbersOfType:
      return SetExtensionNumbers(request.all_extension_numbers_of_type(),
                                 response);
    default:
      auto* error = response.mutable_error_response();
      error->set_error_code(
          static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
      error->set_error_message("no message_request");
  }
}

// A stream: answers each request in order, until the client is done or the
// server stops.
template <typename Version>
class Stream final : public CallReactor {
 public:
  Stream(OpenStreams<Stream>& streams, const std::vector<std::string>& services,
         CallContext& context, CallObserver& observer)
      : streams_(streams),
        services_(services),
        context_(context),
        record_(absl::StrCat(Version::kName, "/", kMethod), context, observer),
        place_(streams.Take(context.peer())) {
    streams_.Add(*this);
    absl::MutexLock lock(&mutex_);
    if (place_ == nullptr) FinishWith(TooManyStreams());
    if (!ended_) StartRead(&request_);
  }

  void Stop() {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    if (!writing_) EndStopped();
  }

 private:
  void OnReadDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    if (!ok) {
      return FinishWith(context_.IsCancelled() ? CallCancelled()
                                               : absl::OkStatus());
    }
    if (stopping_) return EndStopped();
    typename Version::Request request;
    typename Version::Response response;
    if (!ReadMessage(request_, request)) return FinishWith(MalformedMessage());
    Answer<Version>(request, services_, response);
    WriteMessage(response, response_);
    writing_ = true;
    StartWrite(&response_);
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok) return FinishWith(CallCancelled());
    if (stopping_) return EndStopped();
    StartRead(&request_);
  }

  void OnDone() override {
    streams_.Remove(*this);
    delete this;
  }

  void EndStopped() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    FinishWith(ServerStopping());
  }

  void FinishWith(const absl::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (std::exchange(ended_, true)) return;
    record_.Finish(status);
    Finish(ToGrpcStatus(status));
  }

  OpenStreams<Stream>& streams_;
  const std::vector<std::string>& services_;
  const CallContext& context_;
  const CallRecord record_;
  const CallsInFlight::Place place_;
  // Owned by gRPC while it reads and writes.
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  absl::Mutex mutex_;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

template <typename Version>
class ReflectionService final : public StoppableService {
 public:
  ReflectionService(std::vector<std::string> services, CallObserver& observer,
                    int streams_per_client)
      : services_(std::move(services)),
        observer_(observer),
        streams_(streams_per_client) {}

  void AddTo(Methods& methods) override {
    methods.Add(Version::kName, kMethod, *this, &ReflectionService::Start);
  }

  void Stop() override { streams_.Stop(); }

 private:
  CallReactor* Start(CallContext& context) {
    return new Stream<Version>(streams_, services_, context, observer_);
  }

  const std::vector<std::string> services_;
  CallObserver& observer_;
  OpenStreams<Stream<Version>> streams_;
};

}  // namespace

std::unique_ptr<StoppableService> MakeReflectionV1(
    std::vector<std::string> services, CallObserver& observer,
    int streams_per_client) {
  return std::make_unique<ReflectionService<V1>>(std::move(services), observer,
                                                 streams_per_client);
}

std::unique_ptr<StoppableService> MakeReflectionV1Alpha(
    std::vector<std::string> services, CallObserver& observer,
    int streams_per_client) {
  return std::make_unique<ReflectionService<V1Alpha>>(
      std::move(services), observer, streams_per_client);
}

}  // namespace webhooks::server
