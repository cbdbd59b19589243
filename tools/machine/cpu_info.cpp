// /proc/cpuinfo repeats one block of "key<tab>: value" a CPU. The first value of a key is taken:
// what differs between the CPUs of one machine is only the part, on big.LITTLE.
#include "tools/machine/cpu_info.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include "tools/machine/sysroot.hpp"

namespace logigrad {
namespace {

struct Fields {
  std::map<std::string, std::string, std::less<>> first;
  std::vector<std::string> parts;  // the distinct values of "CPU part"

  std::string text(std::string_view key) const {
    const auto found = first.find(key);
    return found == first.end() ? "" : found->second;
  }

  int number(std::string_view key) const {
    const std::optional<std::uint64_t> value = parse_number(text(key));
    return value && *value <= std::numeric_limits<int>::max() ? static_cast<int>(*value) : -1;
  }
};

Fields read_fields(const std::string& sysroot) {
  Fields fields;
  for (const std::string& line : read_lines(under(sysroot, "/proc/cpuinfo"))) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string key(trim_space(std::string_view(line).substr(0, colon)));
    const std::string value(trim_space(std::string_view(line).substr(colon + 1)));
    fields.first.emplace(key, value);
    if (key == "CPU part" && std::ranges::find(fields.parts, value) == fields.parts.end()) {
      fields.parts.push_back(value);
    }
  }
  return fields;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

CpuInfo arm_cpu_info(const Fields& fields) {
  CpuInfo info;
  info.vendor = fields.text("CPU implementer");
  info.model_name = fields.text("model name");
  if (info.model_name.empty()) {
    info.model_name =
        fmt::format("arm implementer {} part {}", info.vendor, fmt::join(fields.parts, "+"));
  }
  info.family = fields.number("CPU architecture");
  info.model = fields.number("CPU part");
  const int variant = fields.number("CPU variant");
  const int revision = fields.number("CPU revision");
  if (variant >= 0 && variant < 16 && revision >= 0) info.stepping = 16 * variant + revision;
  info.architecture = "aarch64";
  info.flags = words_of(fields.text("Features"));
  return info;
}

}  // namespace

CpuInfo read_cpu_info(const std::string& sysroot) {
  const Fields fields = read_fields(sysroot);
  if (fields.first.contains("CPU implementer")) return arm_cpu_info(fields);
  CpuInfo info;
  info.model_name = fields.text("model name");
  info.vendor = fields.text("vendor_id");
  info.family = fields.number("cpu family");
  info.model = fields.number("model");
  info.stepping = fields.number("stepping");
  if (fields.first.contains("flags")) {
    info.architecture = "x86_64";
    info.flags = words_of(fields.text("flags"));
    info.hypervisor_flag = std::ranges::count(info.flags, "hypervisor") != 0 ? 1 : 0;
  }
  return info;
}

}  // namespace logigrad
