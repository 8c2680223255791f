#include "server/runtime/metrics/process_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "server/runtime/process.h"

namespace webhooks {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

std::string ReadAll(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Returns the fields of /proc/self/stat after the program's name, which may
// contain spaces. The first is field 3 of proc(5).
std::vector<std::string> StatFields() {
  const std::string stat = ReadAll("/proc/self/stat");
  const std::size_t end = stat.rfind(") ");
  if (end == std::string::npos) return {};
  return absl::StrSplit(stat.substr(end + 2), ' ');
}

double StatField(const std::vector<std::string>& fields, std::size_t number) {
  double value = 0;
  if (number - 3 < fields.size() &&
      absl::SimpleAtod(fields[number - 3], &value)) {
    return value;
  }
  return 0;
}

// Returns the start time of the system, in Unix seconds.
double BootTime() {
  for (const absl::string_view line :
       absl::StrSplit(ReadAll("/proc/stat"), '\n')) {
    double time = 0;
    if (line.substr(0, 6) == "btime " &&
        absl::SimpleAtod(line.substr(6), &time)) {
      return time;
    }
  }
  return 0;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double OpenFiles() {
  DIR* const folder = opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  // Excludes ".", ".." and the descriptor of the folder itself.
  int count = -3;
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

double MaxFiles() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

MetricFamily BuildInfo(const std::string& process) {
  MetricFamily family = SingleMetric(
      "webhooks_build_info",
      "The version of the running program, as a label; the value is 1.",
      MetricType::Gauge, 1);
  family.metric[0].label = {{"process", process},
                            {"version", std::string(Version())}};
  return family;
}

}  // namespace

MetricFamily SingleMetric(const std::string& name, const std::string& help,
                          MetricType type, double value) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  prometheus::ClientMetric& metric = family.metric.emplace_back();
  metric.counter.value = value;
  metric.gauge.value = value;
  return family;
}

std::vector<MetricFamily> ProcessMetrics::Collect() const {
  constexpr std::size_t kThreads = 20;
  constexpr std::size_t kStartTime = 22;
  constexpr std::size_t kVirtualBytes = 23;
  constexpr std::size_t kResidentPages = 24;
  const std::vector<std::string> stat = StatFields();
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  return {BuildInfo(process_),
          SingleMetric("process_cpu_seconds_total",
                       "User and system CPU time spent in seconds.",
                       MetricType::Counter, CpuSeconds()),
          SingleMetric("process_resident_memory_bytes",
                       "Resident memory size in bytes.", MetricType::Gauge,
                       StatField(stat, kResidentPages) * page),
          SingleMetric("process_virtual_memory_bytes",
                       "Virtual memory size in bytes.", MetricType::Gauge,
                       StatField(stat, kVirtualBytes)),
          SingleMetric("process_threads", "Threads of the process.",
                       MetricType::Gauge, StatField(stat, kThreads)),
          SingleMetric("process_open_fds", "Open file descriptors.",
                       MetricType::Gauge, OpenFiles()),
          SingleMetric("process_max_fds",
                       "Maximum number of open file descriptors.",
                       MetricType::Gauge, MaxFiles()),
          SingleMetric("process_start_time_seconds",
                       "Start time of the process, in Unix seconds.",
                       MetricType::Gauge,
                       BootTime() + StatField(stat, kStartTime) / ticks)};
}

}  // namespace webhooks
