// The only process of the machine that avx512.sh emulates: runs /program, says how it ended, and
// switches the machine off. Arguments and environment are files of one entry a line.
#include <cpuid.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace {

std::vector<std::string> lines_of(const char* path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// As execve() takes them; valid while the strings are.
std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

int status_of_program() {
  std::vector<std::string> arguments = lines_of("/arguments"),
                           environment = lines_of("/environment");
  arguments.insert(arguments.begin(), "/program");
  const pid_t process = fork();
  if (process == 0) {
    execve("/program", pointers_to(arguments).data(), pointers_to(environment).data());
    std::perror("/program");
    _exit(127);
  }
  int status = 0;
  waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);  // as a shell has it
}

// What the processor has, and whether the kernel has switched on what its wide registers need.
void print_cpuid() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  __get_cpuid_count(7, 0, &a, &b, &c, &d);
  const bool has_avx512f = (b & bit_AVX512F) != 0;
  __get_cpuid(1, &a, &b, &c, &d);
  std::printf("emulator: avx512f %d, osxsave %d\n", has_avx512f, (c & bit_OSXSAVE) != 0);
}

}  // namespace

int main() {
  mount("proc", "/proc", "proc", 0, nullptr);
  std::puts("emulator: begin");
  print_cpuid();
  std::fflush(stdout);
  const int status = status_of_program();
  std::printf("emulator: end %d\n", status);
  std::fflush(stdout);
  sync();
  usleep(300000);  // the serial line is slower than the processor
  iopl(3);
  for (const char letter : std::string("Shutdown"))
    outb(letter, 0x8900);  // Bochs ends at this word
  for (;;) pause();
}
