// For errors about a file, which are tested by their whole text: "PATH: why".
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>

namespace logigrad {

inline void expect_error(const std::function<void()>& action, const std::filesystem::path& path,
                         const std::string& why) {
  try {
    action();
    ADD_FAILURE() << "no error, expected " << path << ": " << why;
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(), path.string() + ": " + why);
  }
}

}  // namespace logigrad
