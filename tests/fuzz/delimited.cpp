// CSV, TSV and white space, with and without a header, the label in the first or the last column.
#include "tools/dataset/delimited.hpp"

#include "tests/fuzz/dataset_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace logigrad;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const bool header : {false, true}) {
    for (const char* const label : {"first", "last"}) {
      const LoadOptions options{.label_column = label, .header = header};
      fuzz::read_input(text, [&](dataset::TextFile& file) {
        Dataset data = dataset::load_delimited(file, options);
        // The other label as the positive one turns the labels and nothing else.
        LoadOptions turned = options;
        turned.positive = data.negative_label;
        file.rewind();
        const Dataset other = dataset::load_delimited(file, turned);
        fuzz::expect(other.x == data.x, "features that depend on the positive label");
        for (std::size_t n = 0; n < data.rows; ++n)
          fuzz::expect(other.y[n] == -data.y[n], "labels that are not turned");
        return data;
      });
    }
  }
  return 0;
}
