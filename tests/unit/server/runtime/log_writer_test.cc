#include "server/runtime/log_writer.h"

#include <unistd.h>

#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks {
namespace {

std::string Dropped(std::size_t count) {
  return absl::StrCat("dropped: ", count);
}

// A writer with a pipe, which stays open because the writer's thread does not
// end.
class LogWriterTest : public ::testing::Test {
 protected:
  LogWriterTest() { EXPECT_EQ(pipe(ends_.data()), 0); }

  int output() const { return ends_[1]; }

  // Waits for `text`; returns all output until then.
  std::string ReadUntil(const std::string& text) {
    while (read_.find(text) == std::string::npos) ReadMore();
    return read_;
  }

  void ReadMore() {
    std::array<char, 4096> buffer;
    const ssize_t size = read(ends_[0], buffer.data(), buffer.size());
    ASSERT_GT(size, 0);
    read_.append(buffer.data(), static_cast<std::size_t>(size));
  }

  std::array<int, 2> ends_;
  std::string read_;
};

TEST_F(LogWriterTest, WritesLinesInTheirOrder) {
  auto& writer = *new LogWriter(output(), 1 << 20, &Dropped);
  writer.Add("one", false);
  writer.Add("two", true);
  EXPECT_EQ(ReadUntil("two\n"), "one\ntwo\n");
}

TEST_F(LogWriterTest, WritesALineThatIsNotUrgentWithinTheDelay) {
  auto& writer = *new LogWriter(output(), 1 << 20, &Dropped);
  writer.Add("one", false);
  EXPECT_EQ(ReadUntil("\n"), "one\n");
}

TEST_F(LogWriterTest, NeitherBlocksNorGrowsWithoutAReader) {
  auto& writer = *new LogWriter(output(), 10'000, &Dropped);
  const std::string line(999, 'x');
  // Far more than the pipe and the writer can hold.
  for (int i = 0; i < 1000; ++i) writer.Add(line, true);
  // The next line after the pipe was read comes with the count.
  while (read_.find("\ndropped: ") == std::string::npos) {
    writer.Add("later", true);
    ReadMore();
  }
}

}  // namespace
}  // namespace webhooks
