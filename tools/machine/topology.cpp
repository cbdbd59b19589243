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
  // What is withheld is asked for too: whether it shares a core with what is allowed.
  hwloc_topology_set_flags(raw, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
  if (hwloc_topology_load(raw) != 0) return nullptr;
  if (root) {
    const char* backend = hwloc_obj_get_info_by_name(hwloc_get_root_obj(raw), "Backend");
    if (backend == nullptr || std::strcmp(backend, "Linux") != 0) return nullptr;
  }
  return topology;
}

// The objects of a type that allowed CPUs belong to. NUMA nodes without CPUs are left out.
std::vector<hwloc_obj_t> objects_of(hwloc_topology_t topology, hwloc_obj_type_t type) {
  std::vector<hwloc_obj_t> objects;
  hwloc_const_cpuset_t allowed = hwloc_topology_get_allowed_cpuset(topology);
  for (hwloc_obj_t object = nullptr;
       (object = hwloc_get_next_obj_by_type(topology, type, object)) != nullptr;) {
    if (hwloc_bitmap_intersects(object->cpuset, allowed)) objects.push_back(object);
  }
  return objects;
}

unsigned count_of(hwloc_topology_t topology, hwloc_obj_type_t type) {
  return static_cast<unsigned>(objects_of(topology, type).size());
}

Cache cache_of(hwloc_topology_t topology, hwloc_obj_type_t level) {
  Cache cache;
  for (const hwloc_obj_t object : objects_of(topology, level)) {
    cache.bytes = std::max(cache.bytes, static_cast<std::size_t>(object->attr->cache.size));
    ++cache.instances;
  }
  return cache;
}

struct Free {
  void operator()(hwloc_bitmap_t bitmap) const { hwloc_bitmap_free(bitmap); }
};
using BitmapPointer = std::unique_ptr<hwloc_bitmap_s, Free>;

std::string list_of(hwloc_const_bitmap_t bitmap) {
  char* text = nullptr;
  if (hwloc_bitmap_list_asprintf(&text, bitmap) < 0) return "";
  std::string list = text;
  std::free(text);
  return list;
}

unsigned count_core_kinds(hwloc_topology_t topology) {
  const BitmapPointer cpus(hwloc_bitmap_alloc());
  const int kinds = hwloc_cpukinds_get_nr(topology, 0);
  unsigned count = 0;
  for (int kind = 0; kind < kinds; ++kind) {
    hwloc_cpukinds_get_info(topology, static_cast<unsigned>(kind), cpus.get(), nullptr, nullptr,
                            nullptr, 0);
    count += hwloc_bitmap_intersects(cpus.get(), hwloc_topology_get_allowed_cpuset(topology)) != 0;
  }
  return std::max(count, 1U);  // hwloc says 0 where it sees no difference
}

void add_cpus(hwloc_topology_t topology, Topology& result) {
  hwloc_const_cpuset_t allowed = hwloc_topology_get_allowed_cpuset(topology);
  for (int cpu = hwloc_bitmap_first(allowed); cpu >= 0; cpu = hwloc_bitmap_next(allowed, cpu)) {
    result.cpus.push_back(static_cast<unsigned>(cpu));
    hwloc_obj_t unit = hwloc_get_pu_obj_by_os_index(topology, static_cast<unsigned>(cpu));
    hwloc_obj_t core =
        unit ? hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_CORE, unit) : nullptr;
    result.core_of.push_back(core ? core->logical_index : static_cast<unsigned>(cpu));
  }
  for (const hwloc_obj_t core : objects_of(topology, HWLOC_OBJ_CORE)) {
    result.split_cores += !hwloc_bitmap_isincluded(core->cpuset, allowed);
  }
  result.cpu_list = list_of(allowed);
  result.online_list = list_of(hwloc_topology_get_topology_cpuset(topology));
}

}  // namespace

Topology read_topology(const std::string& sysroot) {
  Topology result;
  // hwloc would complain on stderr that there is nothing to read.
  if (!sysroot.empty() && !fs::exists(under(sysroot, "/sys/devices/system/cpu"))) return result;
  const TopologyPointer topology = load(sysroot);
  if (!topology) return result;
  add_cpus(topology.get(), result);
  result.packages = count_of(topology.get(), HWLOC_OBJ_PACKAGE);
  result.cores = count_of(topology.get(), HWLOC_OBJ_CORE);
  result.numa_nodes = count_of(topology.get(), HWLOC_OBJ_NUMANODE);
  result.core_kinds = count_core_kinds(topology.get());
  result.l1d = cache_of(topology.get(), HWLOC_OBJ_L1CACHE);
  result.l2 = cache_of(topology.get(), HWLOC_OBJ_L2CACHE);
  result.l3 = cache_of(topology.get(), HWLOC_OBJ_L3CACHE);
  return result;
}

}  // namespace logigrad
