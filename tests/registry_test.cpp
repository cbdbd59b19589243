// The registry: names, requests, the rule `auto` and the ISA cap.
#include "kernels/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <stdexcept>

#include "kernels/auto_rule.hpp"
#include "kernels/cpu_features.hpp"
#include "tests/problem_data.hpp"

namespace logigrad {
namespace {

std::string error_of(const std::string& request, Dtype dtype = Dtype::kF32) {
  try {
    find_variant(request, dtype, 100, 10);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(Registry, EveryVariantIsFoundByItsName) {
  std::set<std::string> names;
  for (const Variant& variant : variants()) {
    EXPECT_TRUE(names.insert(variant.name()).second) << variant.name() << " is there twice";
    if (!variant.runnable()) continue;
    EXPECT_EQ(find_variant(variant.name(), variant.dtype, 1, 1).name(), variant.name());
    const std::string stem = std::string(variant.body) + "/" + std::string(variant.isa);
    EXPECT_EQ(find_variant(stem, variant.dtype, 1, 1).name(), variant.name());
  }
  EXPECT_TRUE(names.count("naive/generic/f32"));
}

TEST(Registry, BodyAloneTakesTheStrongestIsa) {
  const std::string strongest = runnable_isas().back();
  EXPECT_EQ(find_variant("panel", Dtype::kF64, 1, 1).isa, strongest);
  EXPECT_EQ(find_variant("naive", Dtype::kF64, 1, 1).isa, "generic");
}

TEST(Registry, BadRequestsSayWhatThereIs) {
  EXPECT_NE(error_of("pannel").find("panel/"), std::string::npos);
  EXPECT_NE(error_of("").find("expected auto"), std::string::npos);
  EXPECT_EQ(error_of("naive/generic/f64"),
            "variant 'naive/generic/f64' is of type f64, expected f32");
}

TEST(Registry, AutoGoesByTheShape) {
  EXPECT_EQ(auto_variant(Dtype::kF32, 1000, 2).body, "column");
  EXPECT_EQ(auto_variant(Dtype::kF32, 1000, 12).body, "narrow");
  EXPECT_EQ(auto_variant(Dtype::kF32, 16, 28).body, "block");
  EXPECT_EQ(auto_variant(Dtype::kF32, 24, 256).body, "block");
  EXPECT_EQ(auto_variant(Dtype::kF32, 1000, 784).body, "panel");
  EXPECT_EQ(&find_variant("auto", Dtype::kF32, 1000, 2), &auto_variant(Dtype::kF32, 1000, 2));
}

TEST(Registry, AutoChangesItsBodyWhereTheRuleSays) {
  for (const Dtype dtype : {Dtype::kF32, Dtype::kF64}) {
    const auto picked = [&](std::size_t rows, std::size_t cols) {
      const Variant& variant = auto_variant(dtype, rows, cols);
      EXPECT_EQ(variant.isa, runnable_isas().back());
      EXPECT_EQ(variant.dtype, dtype);
      return variant.body;
    };
    const std::size_t lanes = find_variant("column", dtype, 1, 1).lanes;
    const std::size_t last_column = std::max<std::size_t>(4, lanes / 2);
    const std::size_t last_narrow = find_variant("narrow", dtype, 1, 1).most_cols;
    EXPECT_EQ(picked(1000, last_column), "column");
    EXPECT_EQ(picked(1, last_column), "column");
    EXPECT_EQ(picked(1000, last_column + 1), "narrow");
    EXPECT_EQ(picked(1000, last_narrow), "narrow");
    const std::size_t bytes = dtype == Dtype::kF32 ? 4 : 8;
    const bool is_wide = lanes * bytes == 64;
    const std::size_t few = few_rows(last_narrow / lanes, lanes * bytes, core_kind());
    EXPECT_EQ(picked(few, last_narrow), "narrow");
    EXPECT_EQ(picked(few - 1, last_narrow), "block");
    EXPECT_EQ(picked(31, lanes + 1), lanes < last_column ? "column" : "block");
    if (2 * lanes > last_column) {
      const std::size_t few_of_two = few_rows(2, lanes * bytes, core_kind());
      EXPECT_EQ(picked(few_of_two - 1, 2 * lanes), "block");
      EXPECT_EQ(picked(few_of_two, 2 * lanes), "narrow");
    }
    if (lanes > last_column) {
      EXPECT_EQ(picked(1, lanes), "narrow");
    }

    const std::size_t kib = core_kind() == Core::kAmd ? 32 : is_wide ? 1024 : 512;
    const std::size_t near = kib * 1024 / bytes;  // elements of X
    EXPECT_EQ(picked(33, last_narrow + 1), 33 * (last_narrow + 1) <= near ? "block" : "panel");
    EXPECT_EQ(picked(2, near / 2), "block");
    EXPECT_EQ(picked(2, near / 2 + 1), "panel");
    EXPECT_EQ(picked(near / 512, 512), "block");
    EXPECT_EQ(picked(near / 512 + 1, 512), "panel");
    EXPECT_EQ(picked(~std::size_t{0}, 512), "panel") << "without an overflow";
    // Whose bytes are 2^64, 0 if they overflow.
    EXPECT_EQ(picked(~std::size_t{0} / (512 * bytes) + 1, 512), "panel");
    EXPECT_EQ(picked(~std::size_t{0} / (2048 * bytes) + 1, 2048),
              is_wide && core_kind() == Core::kOther ? "block" : "panel");
  }
}

TEST(Registry, LongRowsFromMemoryAreAsMeasured) {
  constexpr std::size_t kGib = std::size_t{1} << 30;
  for (const std::size_t row_bytes : {1500u * 4, 2000u * 4, 4096u * 4, 784u * 8}) {
    EXPECT_TRUE(is_for_block(kGib / row_bytes, row_bytes, 64, Core::kOther)) << row_bytes;
    EXPECT_FALSE(is_for_block(kGib / row_bytes, row_bytes, 32, Core::kOther)) << row_bytes;
    EXPECT_FALSE(is_for_block(kGib / row_bytes, row_bytes, 64, Core::kAmd)) << row_bytes;
    EXPECT_FALSE(is_for_block(kGib / row_bytes, row_bytes, 64, Core::kRedwoodCove)) << row_bytes;
  }
  EXPECT_FALSE(is_for_block(kGib / 4096, 4096, 64, Core::kOther)) << "1024 floats";
  EXPECT_FALSE(is_for_block(1000, 4096 * 4, 64, Core::kOther)) << "16 MiB";
}

TEST(Registry, RowsFromMemoryForPanelAreAsMeasured) {
  constexpr std::size_t kGib = std::size_t{1} << 30;
  for (const std::size_t cols : {64u, 80u, 96u, 128u})
    EXPECT_TRUE(is_for_panel(kGib / 4 / cols, cols, 4, 64, Core::kRedwoodCove)) << cols;
  EXPECT_TRUE(is_for_panel(kGib / 512, 64, 8, 64, Core::kRedwoodCove));
  EXPECT_FALSE(is_for_panel(kGib / 192, 48, 4, 64, Core::kRedwoodCove));
  EXPECT_FALSE(is_for_panel(kGib / 256, 32, 8, 64, Core::kRedwoodCove));
  EXPECT_FALSE(is_for_panel(1000, 64, 4, 64, Core::kRedwoodCove)) << "in cache";
  EXPECT_FALSE(is_for_panel(kGib / 256, 64, 4, 32, Core::kRedwoodCove)) << "with AVX2";
  for (const Core core : {Core::kOther, Core::kAmd})
    EXPECT_FALSE(is_for_panel(kGib / 256, 64, 4, 64, core)) << "not measured";
}

TEST(Registry, FewRowsAreAsMeasured) {
  EXPECT_GT(few_rows(4, 64, Core::kOther), 48u) << "48 x 60 with AVX-512";
  EXPECT_GT(few_rows(5, 64, Core::kOther), 64u) << "64 x 80";
  EXPECT_LE(few_rows(2, 64, Core::kOther), 48u) << "48 x 24, which narrow is faster with";
  EXPECT_LE(few_rows(5, 64, Core::kOther), 128u) << "128 x 72";
  EXPECT_GT(few_rows(8, 32, Core::kOther), 40u) << "40 x 60 with AVX2";
  EXPECT_LE(few_rows(6, 32, Core::kOther), 64u) << "64 x 48";
  EXPECT_EQ(few_rows(8, 64, Core::kAmd), 32u) << "AMD's, more was not tried";
  EXPECT_EQ(few_rows(2, 32, Core::kAmd), 32u);
}

TEST(Registry, AVectorHasTwiceAsManyFloatsAsDoubles) {
  for (const Variant& variant : variants()) {
    const Variant& other = *std::find_if(variants().begin(), variants().end(), [&](const auto& v) {
      return v.body == variant.body && v.isa == variant.isa && v.dtype != variant.dtype;
    });
    const bool is_float = variant.dtype == Dtype::kF32;
    const std::size_t floats = is_float ? variant.lanes : other.lanes;
    const std::size_t doubles = is_float ? other.lanes : variant.lanes;
    EXPECT_EQ(floats, variant.isa == "generic" ? 1 : 2 * doubles) << variant.name();
  }
}

TEST(Registry, CapForbidsWhatIsStronger) {
  const std::vector<std::string> all = runnable_isas(), supported = supported_isas();
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    cap_isa(all[rank]);
    EXPECT_EQ(runnable_isas().size(), rank + 1);
    EXPECT_EQ(supported_isas(), supported) << "a cap takes nothing from the CPU";
    // What cannot run at all may stand between those that can: SVE of other lengths.
    const std::set<std::string_view> capped(all.begin() + static_cast<std::ptrdiff_t>(rank) + 1,
                                            all.end());
    for (const Variant& variant : variants()) {
      if (!capped.count(variant.isa)) continue;
      EXPECT_EQ(variant.missing(), "capped at " + all[rank]);
    }
    EXPECT_TRUE(auto_variant(Dtype::kF32, 10, 10).runnable());
    ProblemData<float> data({100, 10});
    data.evaluate(nullptr, true);
    EXPECT_TRUE(Judge<float>(data.problem, data.w(), data.b).check(data.answer(true), 12).ok());
  }
  EXPECT_THROW(cap_isa("avx1024"), std::invalid_argument);
  EXPECT_EQ(runnable_isas().size(), all.size()) << "a refused cap changed something";
  cap_isa("generic");
  EXPECT_NE(error_of("panel").find("capped at generic"), std::string::npos);
  cap_isa("");
  EXPECT_EQ(runnable_isas(), all);
}

TEST(Registry, VectorsOfAnotherLengthAreNamedAsTheReason) {
  std::set<std::string> running;
  for (const Variant& variant : variants()) {
    if (variant.isa.substr(0, 3) != "sve") continue;
    const std::string missing = variant.missing(), bits(variant.isa.substr(3));
    if (missing.empty()) running.emplace(variant.isa);
    EXPECT_TRUE(missing.empty() || missing == "sve" ||
                missing.find("sve of " + bits + " bits, its vectors here have ") == 0)
        << variant << ": " << missing;
  }
  EXPECT_LE(running.size(), 1u) << "vectors have but one length";
}

TEST(Registry, MarginDepth) {
  const Variant& naive = find_variant("naive", Dtype::kF32, 1, 1);
  EXPECT_EQ(naive.margin_depth(28), 30u);
  Variant eight = find_variant("panel", Dtype::kF32, 1, 1);
  eight.lanes = 8;
  EXPECT_EQ(eight.margin_depth(28), 4u + 3 + 4);
}

TEST(Registry, FlagsAreOnRecord) {
  if (compiled_isas().front() != "generic") FAIL();
  EXPECT_NE(isa_flags("generic").find("vectorize"), std::string_view::npos);
  EXPECT_EQ(isa_flags("no such"), "");
}

}  // namespace
}  // namespace logigrad
