#ifndef WEBHOOKS_TESTS_CONTRACT_DATABASES_H_
#define WEBHOOKS_TESTS_CONTRACT_DATABASES_H_

#include <memory>

#include "tests/contract/backend.h"

// Creates a database of each backend.
namespace webhooks::testing {

std::unique_ptr<TestDatabase> MakeSqliteDatabase();
std::unique_ptr<TestDatabase> MakePostgresDatabase();

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_CONTRACT_DATABASES_H_
