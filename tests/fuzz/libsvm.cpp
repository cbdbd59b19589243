// LIBSVM's format.
#include "tools/dataset/libsvm.hpp"

#include "tests/fuzz/dataset_input.hpp"

namespace {

// Whether digits before a ':' may be an index above 99,999. Such lines are valid, and a few of them
// ask for gigabytes: they test the fuzzer's limit of memory.
bool has_large_index(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == ':' && digits > 5) return true;
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace logigrad;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (size > 4096 || has_large_index(text)) return 0;
  fuzz::read_input(text, [](dataset::TextFile& file) {
    dataset::is_libsvm(file);
    file.rewind();
    return dataset::load_libsvm(file, {});
  });
  return 0;
}
