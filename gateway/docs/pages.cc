#include "gateway/docs/pages.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace webhooks::gateway {
namespace {

namespace fs = std::filesystem;

// Returns the content type of a file; "" if it is not a page.
absl::string_view ContentType(const fs::path& file) {
  constexpr std::pair<absl::string_view, absl::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".md", "text/plain; charset=utf-8"},
      {".png", "image/png"}};
  const std::string extension = file.extension().string();
  for (const auto& [known, type] : kTypes) {
    if (extension == known) return type;
  }
  return "";
}

}  // namespace

Pages ReadPages(const std::string& folder) {
  Pages pages;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const absl::string_view type = ContentType(entry->path());
    if (type.empty()) continue;
    std::ifstream file(entry->path(), std::ios::binary);
    std::string body{std::istreambuf_iterator<char>(file), {}};
    if (!file || body.empty()) return {};
    pages[entry->path().filename().string()] = {type, std::move(body)};
  }
  return error || !pages.contains(kFirstPage) ? Pages() : pages;
}

std::string DefaultPagesFolder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return "";
  return (program.parent_path().parent_path() / "share" / "webhooks" / "docs")
      .string();
}

}  // namespace webhooks::gateway
