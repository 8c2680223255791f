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

// Pages by file name.
using Pages = absl::flat_hash_map<std::string, Page>;

inline constexpr absl::string_view kFirstPage = "index.html";

// Returns the pages in `folder`: HTML, scripts, styles, Markdown and images, by
// their extensions. Empty if the folder does not exist, has no first page or
// cannot be read.
Pages ReadPages(const std::string& folder);

// Returns the default folder of the pages: ../share/webhooks/docs, relative to
// the folder of this program.
std::string DefaultPagesFolder();

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_DOCS_PAGES_H_
