// The program, run as a user runs it: a process with arguments, files, a status and two outputs.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/temporary_directory.hpp"

namespace logigrad {

using Json = nlohmann::json;
using Strings = std::vector<std::string>;

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline Strings lines_of(const std::string& text) {
  Strings lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

inline std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

struct Outcome {
  int status;
  std::string out, err;
  Json json() const { return Json::parse(out); }
};

// Each test has a directory of its own, in which the program runs.
class ProgramTest : public testing::Test {
 protected:
  std::filesystem::path path(const std::string& name) const { return work_.path() / name; }
  void write(const std::string& name, const std::string& text) const { work_.write(name, text); }
  Strings files() const {
    Strings names;
    for (const auto& entry : std::filesystem::directory_iterator(work_.path())) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  // `settings`, "NAME=VALUE", take the place of those that the tests themselves are run with.
  Outcome run(const Strings& arguments, const Strings& settings = {}) const {
    Strings words = {LOGIGRAD_PROGRAM};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return spawn(words, settings);
  }

  Outcome spawn(Strings words, Strings settings) const {
    const std::string out = output_.path() / "out", err = output_.path() / "err";
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_addchdir_np(&actions, work_.path().c_str());
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), flags, 0600);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), flags, 0600);
    std::vector<char*> argv, env;
    for (std::string& word : words) argv.push_back(word.data());
    for (std::string& setting : settings) env.push_back(setting.data());
    for (char** entry = environ; *entry; ++entry) {
      const std::string_view inherited = *entry;
      if (inherited.starts_with("OMP_") || inherited.starts_with("LOGIGRAD_")) continue;
      env.push_back(*entry);
    }
    argv.push_back(nullptr);
    env.push_back(nullptr);
    pid_t child = 0;
    int status = posix_spawn(&child, words[0].c_str(), &actions, nullptr, argv.data(), env.data());
    posix_spawn_file_actions_destroy(&actions);
    if (status != 0) throw std::runtime_error("cannot run " + words[0]);
    waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content_of(out), content_of(err)};
  }

  // Expects status 2, one line on stderr that has `message`, and no output.
  void expect_refused(const Strings& arguments, const std::string& message,
                      const Strings& settings = {}) const {
    const Outcome outcome = run(arguments, settings);
    std::string command = "logigrad";
    for (const std::string& argument : arguments) command += " " + argument;
    EXPECT_EQ(outcome.status, 2) << command;
    EXPECT_EQ(outcome.out, "") << command;
    EXPECT_EQ(outcome.err.rfind("logigrad: ", 0), 0u) << command << "\n" << outcome.err;
    EXPECT_EQ(count_of(outcome.err, "\n"), 1u) << command << "\n" << outcome.err;
    EXPECT_NE(outcome.err.find(message), std::string::npos) << command << "\n" << outcome.err;
  }

  Json eval(Strings arguments, const Strings& settings = {}) const {
    arguments.insert(arguments.begin(), {"eval", "--json"});
    const Outcome outcome = run(arguments, settings);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    return outcome.json();
  }

  Json train(Strings arguments, int status = 0) const {
    arguments.insert(arguments.begin(), {"train", "--json"});
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.status, status) << outcome.err;
    return outcome.json();
  }

 private:
  TemporaryDirectory work_, output_;
};

// Integers in [-8, 8] with labels 0 and 1 that depend on them, but not wholly; and the sums that
// are the answer at w = 0, b = 0.
struct IntegerData {
  std::string csv, weights;  // label first; weights in {0, 1, 2, 3}
  std::size_t rows, cols;
  std::vector<double> half_sum, weighted_half_sum;  // -1/2 sum y x; behind them that of x = 1
  double weight_sum = 0;

  IntegerData(std::size_t row_count, std::size_t col_count)
      : rows(row_count), cols(col_count), half_sum(col_count + 1), weighted_half_sum(half_sum) {
    unsigned state = 1;
    const auto next = [&state](unsigned count) {
      state = state * 1664525u + 1013904223u;
      return static_cast<int>((state >> 16) % count);
    };
    for (std::size_t n = 0; n < rows; ++n) {
      std::vector<int> x(cols + 1, 1);
      for (std::size_t j = 0; j < cols; ++j) x[j] = next(17) - 8;
      const int y = x[0] + next(21) - 10 > 0 ? 1 : -1, weight = next(4);
      csv += y > 0 ? "1" : "0";
      for (std::size_t j = 0; j < cols; ++j) csv += "," + std::to_string(x[j]);
      csv += "\n";
      weights += std::to_string(weight) + "\n";
      weight_sum += weight;
      for (std::size_t j = 0; j <= cols; ++j) {
        half_sum[j] -= 0.5 * y * x[j];
        weighted_half_sum[j] -= 0.5 * y * x[j] * weight;
      }
    }
  }
};

}  // namespace logigrad
