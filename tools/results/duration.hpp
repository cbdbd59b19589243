// A time in the unit in which it is read best: "73.1 ns", "7.50 us", "31.09 ms", "2.00 s".
#pragma once

#include <string>

namespace logigrad {

std::string duration(double seconds);

// A time to wait, in minutes and seconds: "12:05".
std::string clock_time(double seconds);

}  // namespace logigrad
