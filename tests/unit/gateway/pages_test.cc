#include "gateway/pages.h"

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_folder.h"

namespace webhooks::gateway {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class PagesTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    testing::WriteFile(folder_.Path(name), text);
  }

  testing::TempFolder folder_;
};

TEST_F(PagesTest, AreTheFilesForBrowsers) {
  Write("index.html", "<p>");
  Write("page.js", "f()");
  Write("LICENSE", "free");
  Write("page.md", "# Page");
  const Pages pages = ReadPages(folder_.Path(""));
  ASSERT_THAT(pages, SizeIs(3));
  EXPECT_EQ(pages.at("page.md").content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(pages.at("index.html").body, "<p>");
  EXPECT_EQ(pages.at("index.html").content_type, "text/html; charset=utf-8");
  EXPECT_EQ(pages.at("page.js").content_type, "text/javascript; charset=utf-8");
}

TEST_F(PagesTest, AreInFoldersAsWell) {
  Write("index.html", "<p>");
  std::filesystem::create_directory(folder_.Path("assets"));
  Write("assets/a.svg", "<svg>");
  const Pages pages = ReadPages(folder_.Path(""));
  ASSERT_THAT(pages, SizeIs(2));
  EXPECT_EQ(pages.at("assets/a.svg").content_type, "image/svg+xml");
}

TEST_F(PagesTest, HaveACompressedFormIfThereIsOne) {
  Write("index.html", "<p>");
  Write("index.html.gz", "compressed");
  Write("page.css", "p {}");
  const Pages pages = ReadPages(folder_.Path(""));
  ASSERT_THAT(pages, SizeIs(2));
  EXPECT_EQ(pages.at("index.html").gzip, "compressed");
  EXPECT_EQ(pages.at("page.css").gzip, "");
}

TEST_F(PagesTest, AreNoneWithoutTheFirst) {
  Write("page.js", "f()");
  EXPECT_THAT(ReadPages(folder_.Path("")), IsEmpty());
}

TEST_F(PagesTest, AreEmptyWithoutAFolder) {
  EXPECT_THAT(ReadPages(folder_.Path("none")), IsEmpty());
  EXPECT_THAT(ReadPages(""), IsEmpty());
}

}  // namespace
}  // namespace webhooks::gateway
