// JSON as this project reads it: its members in their order, and what is none refused by its place.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace logigrad {

// Throws InputError "PATH:LINE:COLUMN: found what is no JSON, expected ..."; also for a number
// beyond double.
nlohmann::ordered_json parse_json(const std::string& path, std::string_view text);

}  // namespace logigrad
