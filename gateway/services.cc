#include "gateway/services.h"

#include <algorithm>
#include <string>

#include "google/api/annotations.pb.h"
#include "google/protobuf/descriptor_database.h"
#include "webhooks/v1/options.pb.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::ServiceDescriptor;

bool IsAnnotated(const ServiceDescriptor& service) {
  for (int i = 0; i < service.method_count(); ++i) {
    if (service.method(i)->options().HasExtension(google::api::http)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<const ServiceDescriptor*> AnnotatedServices() {
  // The pool builds descriptors on demand and cannot list its files.
  std::vector<std::string> names;
  DescriptorPool::internal_generated_database()->FindAllFileNames(&names);
  std::sort(names.begin(), names.end());
  std::vector<const ServiceDescriptor*> services;
  for (const std::string& name : names) {
    const FileDescriptor* file =
        DescriptorPool::generated_pool()->FindFileByName(name);
    for (int i = 0; i < file->service_count(); ++i) {
      if (IsAnnotated(*file->service(i))) services.push_back(file->service(i));
    }
  }
  return services;
}

const google::protobuf::MethodDescriptor* FindKeyCheck(
    const std::vector<const ServiceDescriptor*>& services) {
  for (const ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      if (method->options().GetExtension(v1::checks_key)) return method;
    }
  }
  return nullptr;
}

}  // namespace webhooks::gateway
