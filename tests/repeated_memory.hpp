// Gigabytes of addresses in the memory of a few blocks, which a memfd holds and which are mapped
// again and again, in any order, behind what looks like one array.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>
#include <vector>

namespace logigrad {

class RepeatedMemory {
 public:
  // Place i of the array shows block order[i] < `blocks`. `block_bytes` is a multiple of the page
  // size. Throws std::system_error for want of memory or addresses.
  RepeatedMemory(std::size_t block_bytes, std::size_t blocks, std::vector<std::size_t> order)
      : block_bytes_(block_bytes),
        distinct_bytes_(block_bytes * blocks),
        order_(std::move(order)),
        file_(check(memfd_create("repeated", MFD_CLOEXEC))) {
    check(ftruncate(file_, static_cast<off_t>(distinct_bytes_)));
    distinct_ = map(nullptr, distinct_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
    constexpr int kAddressesAlone = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    repeated_ = map(nullptr, block_bytes_ * order_.size(), PROT_NONE, kAddressesAlone, -1, 0);
    for (std::size_t i = 0; i < order_.size(); ++i) show(i, PROT_READ, MAP_SHARED);
  }
  ~RepeatedMemory() {
    munmap(distinct_, distinct_bytes_);
    munmap(repeated_, block_bytes_ * order_.size());
    close(file_);
  }
  RepeatedMemory(const RepeatedMemory&) = delete;
  RepeatedMemory& operator=(const RepeatedMemory&) = delete;

  void* distinct() { return distinct_; }
  const void* repeated() const { return repeated_; }

  // Place i, which has memory of its own from now on.
  void* own(std::size_t i) { return show(i, PROT_READ | PROT_WRITE, MAP_PRIVATE); }

 private:
  static int check(int result) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), "repeated memory");
    return result;
  }
  static void* map(void* at, std::size_t bytes, int protection, int flags, int file,
                   std::size_t offset) {
    void* result = mmap(at, bytes, protection, flags, file, static_cast<off_t>(offset));
    check(result == MAP_FAILED ? -1 : 0);
    return result;
  }
  // Populated, since a page fault takes longer than the arithmetic on its page.
  void* show(std::size_t i, int protection, int kind) {
    return map(static_cast<char*>(repeated_) + i * block_bytes_, block_bytes_, protection,
               kind | MAP_FIXED | MAP_POPULATE, file_, order_[i] * block_bytes_);
  }

  std::size_t block_bytes_, distinct_bytes_;
  std::vector<std::size_t> order_;
  int file_;
  void *distinct_, *repeated_;
};

}  // namespace logigrad
