// What the tests of the reader share: a file to write, and the error of reading it as a text.
//
// An error is the interface to a person with a broken file, so the text is compared, not only the
// type; FILE stands for the path, which differs from run to run.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/temporary_directory.hpp"
#include "tools/dataset/dataset.hpp"
#include "tools/dataset/input_error.hpp"

namespace logigrad {

using Values = std::vector<double>;

class DatasetTest : public testing::Test {
 protected:
  std::string path(const std::string& name = "data") const { return directory_.path() / name; }

  std::string written(const std::string& text) const {
    directory_.write("data", text);
    return path();
  }

  Dataset load(const std::string& text, const LoadOptions& options = {}) const {
    return load_dataset(written(text), options);
  }

  // The message that `read` throws for `path`, which becomes FILE.
  static std::string error(const std::string& path, const std::function<void()>& read) {
    try {
      read();
    } catch (const InputError& error) {
      std::string message = error.what();
      if (message.starts_with(path)) message.replace(0, path.size(), "FILE");
      return message;
    }
    return "no error";
  }

  std::string load_error(const std::string& text, const LoadOptions& options = {}) const {
    return error(path(), [&] { load(text, options); });
  }

  TemporaryDirectory directory_;
};

}  // namespace logigrad
