#ifndef WEBHOOKS_GATEWAY_DOCS_PAGES_H_
#define WEBHOOKS_GATEWAY_DOCS_PAGES_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace webhooks::gateway {

// A file for browsers.
struct Page {
  absl::string_view content_type;
  std::string body;
};

// By their names.
using Pages = absl::flat_hash_map<std::string, Page>;

inline constexpr absl::string_view kFirstPage = "index.html";

// The pages in `folder`: HTML, scripts, styles and images, by their extensions.
// None where it is not there, lacks the first page or cannot be read.
Pages ReadPages(const std::string& folder);

// Where the pages lie beside this program once it is built or installed:
// ../share/webhooks/docs of its own folder.
std::string DefaultPagesFolder();

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_DOCS_PAGES_H_
