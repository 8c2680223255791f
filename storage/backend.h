#ifndef WEBHOOKS_STORAGE_BACKEND_H_
#define WEBHOOKS_STORAGE_BACKEND_H_

#include "absl/strings/string_view.h"
#include "storage/open.h"

namespace webhooks {

// A kind of database: the functions of storage/open.h for the URLs that begin
// with `scheme`.
struct Backend {
  absl::string_view scheme;
  decltype(&OpenStore) open;
  decltype(&FindStore) find;
  decltype(&StoreName) name;
  decltype(&StoreFolder) folder;
  decltype(&BackUpStore) back_up;
  decltype(&RestoreStore) restore;
  decltype(&InspectStore) inspect;
  decltype(&ExportStore) export_to;
  decltype(&ImportStore) import_from;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_BACKEND_H_
