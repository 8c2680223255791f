#include "tests/bench/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace webhooks::bench {
namespace {

// Returns the address in the line of a log, or "".
std::string AddressIn(absl::string_view line) {
  if (!absl::StrContains(line, "listening")) return "";
  for (absl::string_view field :
       absl::StrSplit(absl::StripTrailingAsciiWhitespace(line), ' ')) {
    if (absl::ConsumePrefix(&field, "address=")) return std::string(field);
  }
  return "";
}

}  // namespace

std::string ProgramFolder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

ChildProcess::ChildProcess(std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (std::string& one : command) arguments.push_back(one.data());
  arguments.push_back(nullptr);
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) std::abort();
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    dup2(pipe[1], STDOUT_FILENO);
    dup2(pipe[1], STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(pipe[1]);
  FILE* const output = fdopen(pipe[0], "r");
  std::string log;
  std::array<char, 4096> line{};
  while (address_.empty() &&
         std::fgets(line.data(), line.size(), output) != nullptr) {
    absl::StrAppend(&log, line.data());
    address_ = AddressIn(line.data());
  }
  if (address_.empty()) {
    std::printf("%s does not listen:\n%s", command[0].c_str(), log.c_str());
    std::exit(1);
  }
  reader_ = std::thread([output] {
    std::vector<char> part(1 << 16);
    while (std::fread(part.data(), 1, part.size(), output) > 0) continue;
    std::fclose(output);
  });
}

ChildProcess::~ChildProcess() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  reader_.join();
}

double ChildProcess::CpuSeconds() const {
  std::ifstream file(absl::StrCat("/proc/", pid_, "/stat"));
  std::string text((std::istreambuf_iterator<char>(file)), {});
  // Behind the name, which may hold spaces: fields 14 and 15 of proc(5).
  text.erase(0, text.rfind(')') + 2);
  const std::vector<std::string> fields = absl::StrSplit(text, ' ');
  double ticks = 0;
  for (const std::size_t field : {11, 12}) {
    double part = 0;
    if (absl::SimpleAtod(fields[field], &part)) ticks += part;
  }
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace webhooks::bench
