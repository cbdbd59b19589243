// A problem of billions of rows in the memory of a few: blocks of distinct rows lie in one memfd
// each for X and y, and are mapped again and again, in any order, behind what looks like one array.
//
// Its truth costs no more than the distinct rows: each of them, with the number of times that it
// occurs as its weight, has the same sums.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>
#include <vector>

#include "logigrad/problem.hpp"

namespace logigrad {

// Memory that holds `blocks` blocks, and a larger range of addresses that shows them in some order.
class RepeatedMemory {
 public:
  // `block_bytes` must be a multiple of the page size.
  RepeatedMemory(std::size_t block_bytes, std::size_t blocks, const std::vector<std::size_t>& order)
      : distinct_bytes_(block_bytes * blocks), repeated_bytes_(block_bytes * order.size()) {
    const int file = check(memfd_create("repeated", MFD_CLOEXEC));
    check(ftruncate(file, static_cast<off_t>(distinct_bytes_)));
    distinct_ = map(nullptr, distinct_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    repeated_ = static_cast<char*>(map(nullptr, repeated_bytes_, PROT_NONE,
                                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    for (std::size_t i = 0; i < order.size(); ++i) {
      map(repeated_ + i * block_bytes, block_bytes, PROT_READ,
          MAP_SHARED | MAP_FIXED | MAP_POPULATE, file, order[i] * block_bytes);
    }
    close(file);
  }
  ~RepeatedMemory() {
    munmap(distinct_, distinct_bytes_);
    munmap(repeated_, repeated_bytes_);
  }
  RepeatedMemory(const RepeatedMemory&) = delete;
  RepeatedMemory& operator=(const RepeatedMemory&) = delete;

  void* distinct() { return distinct_; }
  const void* repeated() const { return repeated_; }

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

  std::size_t distinct_bytes_, repeated_bytes_;
  void* distinct_;
  char* repeated_;
};

// `rows` x `cols`, of blocks of `block_rows` rows (a multiple of 1024, which fills pages), shown in
// the order given; what of the last block is beyond `rows` is not part of the problem.
template <class T>
class RepeatedRows {
 public:
  RepeatedRows(std::size_t rows, std::size_t cols, std::size_t block_rows, std::size_t blocks,
               const std::vector<std::size_t>& order)
      : rows_(rows),
        cols_(cols),
        x_(block_rows * cols * sizeof(T), blocks, order),
        y_(block_rows * sizeof(T), blocks, order),
        counts_(block_rows * blocks, T(0)) {
    for (std::size_t n = 0; n < rows; n += block_rows) {
      T* count = counts_.data() + order[n / block_rows] * block_rows;
      for (std::size_t i = 0; i < block_rows && n + i < rows; ++i) count[i] += 1;
    }
  }

  std::size_t distinct_rows() const { return counts_.size(); }
  T* x(std::size_t n) { return static_cast<T*>(x_.distinct()) + n * cols_; }
  T* y() { return static_cast<T*>(y_.distinct()); }

  Problem<T> problem() const {
    return of(static_cast<const T*>(x_.repeated()), static_cast<const T*>(y_.repeated()), rows_);
  }

  // The distinct rows, weighted: the same sums, and the same bounds.
  Problem<T> weighted() {
    Problem<T> result = of(x(0), y(), distinct_rows());
    result.weights = counts_.data();
    return result;
  }

 private:
  Problem<T> of(const T* x, const T* y, std::size_t rows) const {
    return {.x = x, .rows = rows, .cols = cols_, .stride = cols_, .y = y};
  }

  std::size_t rows_, cols_;
  RepeatedMemory x_, y_;
  std::vector<T> counts_;
};

}  // namespace logigrad
