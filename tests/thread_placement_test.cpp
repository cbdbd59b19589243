// What is said of OpenMP's settings and of the threads' places.
#include "tools/machine/thread_placement.hpp"

#include <gtest/gtest.h>
#include <omp.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <string>

namespace logigrad {
namespace {

TEST(ThreadPlacement, SettingsAndThreadsAreReported) {
  setenv("OMP_SCHEDULE", "static,4", 1);
  unsetenv("OMP_WAIT_POLICY");
  const std::string settings = openmp_settings();
  EXPECT_NE(settings.find("; OMP_SCHEDULE=static,4; "), std::string::npos) << settings;
  EXPECT_NE(settings.find("; OMP_WAIT_POLICY=unset; omp_get_max_threads="), std::string::npos)
      << settings;
  unsetenv("OMP_SCHEDULE");
  omp_set_dynamic(0);
  EXPECT_TRUE(std::regex_match(thread_placement(3), std::regex("0:cpu\\d+ 1:cpu\\d+ 2:cpu\\d+")));
  EXPECT_TRUE(std::regex_match(thread_placement(1), std::regex("0:cpu\\d+")));
}

TEST(ThreadPlacement, VariablesAreThoseThatAreSetAndSteerOpenMp) {
  setenv("OMP_SCHEDULE", "static,4", 1);
  setenv("GOMP_SPINCOUNT", "0", 1);
  setenv("LOGIGRAD_OMP_", "no", 1);
  unsetenv("OMP_PLACES");
  std::string text;
  for (const std::string& variable : openmp_variables()) text += variable + " ";
  EXPECT_NE(text.find("GOMP_SPINCOUNT=0 "), std::string::npos) << text;
  EXPECT_NE(text.find("OMP_SCHEDULE=static,4 "), std::string::npos) << text;
  EXPECT_LT(text.find("GOMP_SPINCOUNT"), text.find("OMP_SCHEDULE")) << "sorted";
  EXPECT_EQ(text.find("LOGIGRAD"), std::string::npos) << text;
  EXPECT_EQ(text.find("OMP_PLACES"), std::string::npos) << text;
  for (const char* name : {"OMP_SCHEDULE", "GOMP_SPINCOUNT", "LOGIGRAD_OMP_"}) unsetenv(name);
}

// OpenMP reads its environment once, so each value is a process of its own: this program again.
TEST(ThreadPlacement, BindingIsReported) {
  const auto reported = [](const std::string& value) {
    const std::string command = "OMP_PROC_BIND=" + value + " LOGIGRAD_PRINT_OPENMP=1 '" +
                                std::filesystem::read_symlink("/proc/self/exe").string() + "'";
    std::FILE* const pipe = popen(command.c_str(), "r");
    char text[1000] = "";
    const std::size_t length = std::fread(text, 1, sizeof text - 1, pipe);
    EXPECT_EQ(pclose(pipe), 0) << command;
    const std::string settings(text, length);
    return settings.substr(settings.rfind('=') + 1);
  };
  for (const char* value : {"false", "close", "spread"}) EXPECT_EQ(reported(value), value);
#if defined(__clang__)
  EXPECT_EQ(reported("true"), "spread");  // in what way is OpenMP's choice
#else
  EXPECT_EQ(reported("true"), "true");
#endif
  EXPECT_EQ(reported("master"), "primary");
}

}  // namespace
}  // namespace logigrad

int main(int argc, char** argv) {
  if (std::getenv("LOGIGRAD_PRINT_OPENMP")) {
    std::fputs(logigrad::openmp_settings().c_str(), stdout);
    return 0;
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
