// Memory that evaluations keep between calls.
#include <cstdlib>
#include <new>

#include "kernels/body.hpp"
#include "kernels/chunks.hpp"
#include "logigrad/evaluate.hpp"

namespace logigrad {

void Workspace::Free::operator()(std::byte* p) const { std::free(p); }

std::byte* Workspace::reserve(std::size_t bytes) {
  if (bytes > bytes_) {
    memory_.reset();
    bytes_ = 0;
    const std::size_t rounded = round_up(bytes, kScratchAlignment);
    memory_.reset(static_cast<std::byte*>(std::aligned_alloc(kScratchAlignment, rounded)));
    if (!memory_) throw std::bad_alloc();
    bytes_ = rounded;
  }
  return memory_.get();
}

}  // namespace logigrad
