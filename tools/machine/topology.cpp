// A tree other than this machine's is read by hwloc's Linux part alone: its x86 part would ask the
// CPU that runs this program, and where the Linux part finds nothing hwloc falls back to sysconf().
#include "tools/machine/topology.hpp"

#include <hwloc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>

#include "tools/machine/sysroot.hpp"

namespace logigrad {
namespace {

namespace fs = std::filesystem;

// An environment variable for the length of a scope.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    setenv(name, value.c_str(), 1);
  }
  ~ScopedVariable() {
    if (old_) {
      setenv(name_, old_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

struct Destroy {
  void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using TopologyPointer = std::unique_ptr<hwloc_topology, Destroy>;

// Null if there is nothing to be known.
TopologyPointer load(const std::string& sysroot) {
  hwloc_topology_t raw = nullptr;
  std::optional<ScopedVariable> root;
  if (!sysroot.empty()) root.emplace("HWLOC_FSROOT", sysroot);
  if (hwloc_topology_init(&raw) != 0) return nullptr;
  TopologyPointer topology(raw);
  if (root) hwloc_topology_set_components(raw, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "x86");
  if (hwloc_topology_load(raw) != 0) return nullptr;
  if (root) {
    const char* backend = hwloc_obj_get_info_by_name(hwloc_get_root_obj(raw), "Backend");
    if (backend == nullptr || std::strcmp(backend, "Linux") != 0) return nullptr;
  }
  return topology;
}

Cache cache_of(hwloc_topology_t topology, hwloc_obj_type_t level) {
  Cache cache;
  for (hwloc_obj_t object = nullptr;
       (object = hwloc_get_next_obj_by_type(topology, level, object)) != nullptr;) {
    cache.bytes = std::max(cache.bytes, static_cast<std::size_t>(object->attr->cache.size));
    ++cache.instances;
  }
  return cache;
}

}  // namespace

Topology read_topology(const std::string& sysroot) {
  Topology result;
  // hwloc would complain on stderr that there is nothing to read.
  if (!sysroot.empty() && !fs::exists(under(sysroot, "/sys/devices/system/cpu"))) return result;
  const TopologyPointer topology = load(sysroot);
  if (!topology) return result;
  hwloc_const_cpuset_t allowed = hwloc_topology_get_allowed_cpuset(topology.get());
  for (int cpu = hwloc_bitmap_first(allowed); cpu >= 0; cpu = hwloc_bitmap_next(allowed, cpu)) {
    result.cpus.push_back(static_cast<unsigned>(cpu));
  }
  result.l1d = cache_of(topology.get(), HWLOC_OBJ_L1CACHE);
  result.l2 = cache_of(topology.get(), HWLOC_OBJ_L2CACHE);
  result.l3 = cache_of(topology.get(), HWLOC_OBJ_L3CACHE);
  return result;
}

}  // namespace logigrad
