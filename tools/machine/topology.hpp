// CPUs and caches, by hwloc; the only place that includes its header.
//
// What is described is the machine as far as the control group (container) lets this process see
// it, not the affinity mask: an OpenMP runtime narrows that mask to one CPU when it binds threads.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace logigrad {

// One level of the cache. Where the instances differ (P and E cores) the largest counts, because a
// shape that is to overflow a cache has to overflow each of them. 0 bytes: unknown.
struct Cache {
  std::size_t bytes = 0;  // of one instance
  unsigned instances = 0;
};

struct Topology {
  std::vector<unsigned> cpus;     // Linux's numbers of the logical CPUs, ascending; none if unknown
  std::vector<unsigned> core_of;  // the core of each of `cpus`, by hwloc's number
  std::string cpu_list;           // `cpus` as Linux writes them, "0-3,8"
  std::string online_list;        // all that are online, also those the control group withholds

  // Of `cpus`; 0: unknown.
  unsigned packages = 0;
  unsigned cores = 0;
  unsigned numa_nodes = 0;
  unsigned core_kinds = 0;  // 2 with P and E cores, or big and LITTLE

  // How many cores are shared with a logical CPU that is online, but withheld.
  unsigned split_cores = 0;

  Cache l1d;
  Cache l2;
  Cache l3;
};

// With a sysroot the environment variable HWLOC_FSROOT is set for the length of the call (hwloc has
// no other way), which is not safe while another thread reads the environment.
Topology read_topology(const std::string& sysroot);

}  // namespace logigrad
