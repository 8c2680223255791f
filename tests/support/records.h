#ifndef WEBHOOKS_TESTS_SUPPORT_RECORDS_H_
#define WEBHOOKS_TESTS_SUPPORT_RECORDS_H_

#include <string>

#include "storage/store.h"

// Records like those of the services.
namespace webhooks::testing {

// Returns a new UUID.
std::string NewId();

// A new project, its key and the hash of the key.
struct ProjectAndKey {
  v1::Project project;
  v1::ApiKey key;
  ApiKeyHash hash;
};
ProjectAndKey MakeProject();

// Returns a new webhook of `project` with every field set.
v1::Webhook MakeWebhook(const std::string& project);

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_RECORDS_H_
