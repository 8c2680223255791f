#ifndef WEBHOOKS_GATEWAY_PAGES_H_
#define WEBHOOKS_GATEWAY_PAGES_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace webhooks::gateway {

// A file for browsers.
struct Page {
  absl::string_view content_type;
  std::string body;
  // The body as gzip compresses it; "" if there is no such file.
  std::string gzip = "";
};

// Pages by their paths in their folder.
using Pages = absl::flat_hash_map<std::string, Page>;

inline constexpr absl::string_view kFirstPage = "index.html";

// Returns the pages in `folder` and the folders in it: HTML, scripts, styles,
// Markdown and images, by their extensions. A file NAME.gz beside NAME is its
// compressed form. Empty if the folder does not exist, has no first page or
// cannot be read.
Pages ReadPages(const std::string& folder);

// Returns the default folder of pages: ../share/webhooks/`name`, relative to
// the folder of this program.
std::string DefaultPagesFolder(absl::string_view name);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_PAGES_H_
