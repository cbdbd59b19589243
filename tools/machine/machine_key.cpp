// The hash comes from libmd, whose library is on every Debian because dpkg needs it.
#include "tools/machine/machine_key.hpp"

#include <fmt/format.h>
#include <sha2.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace logigrad {
namespace {

std::string sha256(const std::string& text) {
  std::array<char, SHA256_DIGEST_STRING_LENGTH> digest = {};
  return SHA256Data(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), digest.data());
}

}  // namespace

std::string slug(std::string_view text) {
  std::string result;
  bool separated = false;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      if (separated && !result.empty()) result += '-';
      result += c;
      separated = false;
    } else {
      separated = true;
    }
  }
  return result;
}

std::string machine_key(const Machine& machine, std::span<const std::string> usable_isas) {
  std::vector<std::string> isas(usable_isas.begin(), usable_isas.end());
  std::ranges::sort(isas);
  const std::string identity =
      fmt::format("vendor={}\nfamily={}\nmodel={}\nstepping={}\nisas={}\nl1d={}\nl2={}\nl3={}\n",
                  machine.vendor, machine.family, machine.model, machine.stepping,
                  fmt::join(isas, ","), machine.l1d.bytes, machine.l2.bytes, machine.l3.bytes);
  const std::string brand = slug(machine.cpu_model);
  return fmt::format("{}-{}-{}", brand.empty() ? "unknown" : brand, machine.logical_cpus,
                     sha256(identity).substr(0, 8));
}

}  // namespace logigrad
