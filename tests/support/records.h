#ifndef WEBHOOKS_TESTS_SUPPORT_RECORDS_H_
#define WEBHOOKS_TESTS_SUPPORT_RECORDS_H_

#include <string>

#include "storage/store.h"

// Records as the services make them.
namespace webhooks::testing {

// A new UUID at each call.
std::string NewId();

// A project, its key and that key's hash, all new.
struct ProjectAndKey {
  v1::Project project;
  v1::ApiKey key;
  ApiKeyHash hash;
};
ProjectAndKey MakeProject();

// A new webhook of `project` with every field set.
v1::Webhook MakeWebhook(const std::string& project);

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_RECORDS_H_
