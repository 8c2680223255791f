#ifndef WEBHOOKS_TESTS_BENCH_CHILD_PROCESS_H_
#define WEBHOOKS_TESTS_BENCH_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <thread>
#include <vector>

namespace webhooks::bench {

// Returns the folder of the running program.
std::string ProgramFolder();

// A server in a process of its own, which ends with this object or with this
// process.
class ChildProcess {
 public:
  // Starts a program and waits until it prints the line "listening" with its
  // address. Ends this process if the program does not.
  explicit ChildProcess(std::vector<std::string> command);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  // "127.0.0.1:PORT"
  const std::string& address() const { return address_; }

  // Returns the processor time that the process has used.
  double CpuSeconds() const;

 private:
  pid_t pid_ = 0;
  std::string address_;
  // Reads the rest of the output.
  std::thread reader_;
};

}  // namespace webhooks::bench

#endif  // WEBHOOKS_TESTS_BENCH_CHILD_PROCESS_H_
