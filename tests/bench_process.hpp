// The benchmark as a process of its own: Google Benchmark holds its flags and registrations in
// globals.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <string>

namespace logigrad::bench {

struct Outcome {
  int status;
  std::string output;  // of both streams
};

inline Outcome run(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1 </dev/null").c_str(), "r");
  std::string output;
  for (char buffer[4096]; const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe);) {
    output.append(buffer, n);
  }
  const int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

inline Outcome bench(const std::string& arguments) {
  return run(std::string("'") + LOGIGRAD_BENCH + "' --benchmark_min_time=0.001 " + arguments);
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace logigrad::bench
