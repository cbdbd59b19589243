// The registry: every variant in this binary, which of them can run here, and the rule `auto`.
//
// The tables are constinit data of the ISA objects, referenced by name from the generated list: no
// static initialiser could be dropped by the linker, or run in an AVX-512 file before the CPU was
// asked. The CPU is asked in this file, which is compiled with baseline flags.
#include "kernels/registry.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>

#include "kernels/auto_rule.hpp"
#include "kernels/cpu_features.hpp"

namespace logigrad {

#define LOGIGRAD_ISA(name, flags, ...) extern const IsaTable kIsaTable_##name;
#include "kernels/isas.inc"
#undef LOGIGRAD_ISA

namespace {

struct Isa {
  const IsaTable* table;
  std::string_view flags;
  std::string missing;  // features that CPU or operating system lack
};

std::string join_missing(std::initializer_list<std::string> lacking) {
  std::string missing;
  for (const std::string& feature : lacking) {
    if (!feature.empty()) missing += (missing.empty() ? "" : ", ") + feature;
  }
  return missing;
}

std::vector<Isa> detect_isas() {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  return {
#define LOGIGRAD_ISA(name, flags, ...) {&kIsaTable_##name, flags, join_missing({__VA_ARGS__})},
#include "kernels/isas.inc"
#undef LOGIGRAD_ISA
  };
}

std::string join(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

struct Registry {
  std::vector<Isa> isas = detect_isas();
  std::vector<Variant> variants;
  std::size_t cap = isas.size();  // an ISA of this rank or above may not run
  std::string cap_name;
  const Core core = core_kind();
  // The rule `auto` needs one lookup a call: [dtype][column, narrow, block, panel].
  std::array<std::array<const Variant*, 4>, 2> best{};

  Registry() {
    for (std::size_t rank = 0; rank < isas.size(); ++rank) {
      const IsaTable& table = *isas[rank].table;
      for (std::size_t i = 0; i < table.body_count; ++i) {
        const BodyRow& body = table.bodies[i];
        variants.push_back({body.name, table.name, Dtype::kF32, table.lanes_f32, body.vector_margin,
                            body.f32.most_cols, rank, &body.f32});
        variants.push_back({body.name, table.name, Dtype::kF64, table.lanes_f64, body.vector_margin,
                            body.f64.most_cols, rank, &body.f64});
      }
    }
    const char* wanted = std::getenv("LOGIGRAD_MAX_ISA");
    set_cap(wanted ? wanted : "", "LOGIGRAD_MAX_ISA");
  }

  void set_cap(std::string_view isa, const char* source) {
    std::size_t rank = isas.size();
    if (!isa.empty()) {
      rank = 0;
      while (rank < isas.size() && isa != isas[rank].table->name) ++rank;
      if (rank == isas.size()) {
        std::vector<std::string> names;
        for (const Isa& each : isas) names.emplace_back(each.table->name);
        throw std::invalid_argument(std::string(source) + ": found '" + std::string(isa) +
                                    "', expected one of " + join(names));
      }
      ++rank;
    }
    cap = rank;
    cap_name = isa;
    for (const Dtype type : {Dtype::kF32, Dtype::kF64}) {
      best[static_cast<std::size_t>(type)] = {best_of("column", type), best_of("narrow", type),
                                              best_of("block", type), best_of("panel", type)};
    }
  }

  std::string missing(const Variant& variant) const {
    if (!isas[variant.isa_rank].missing.empty()) return isas[variant.isa_rank].missing;
    if (variant.isa_rank >= cap) return "capped at " + cap_name;
    return {};
  }

  // The body on the strongest ISA that runs; for a SIMD body under a cap of `generic`, `fused`.
  const Variant* best_of(std::string_view body, Dtype dtype) const {
    const Variant* strongest = nullptr;
    const Variant* scalar = nullptr;
    for (const Variant& variant : variants) {
      if (variant.dtype != dtype || !missing(variant).empty()) continue;
      if (variant.body == body) strongest = &variant;
      if (variant.body == "fused") scalar = &variant;
    }
    return strongest ? strongest : scalar;
  }
};

Registry& registry() {
  static Registry instance;
  return instance;
}

}  // namespace

std::string_view name_of(Dtype dtype) { return dtype == Dtype::kF32 ? "f32" : "f64"; }

std::string Variant::name() const {
  return std::string(body) + '/' + std::string(isa) + '/' + std::string(name_of(dtype));
}

std::string Variant::missing() const { return registry().missing(*this); }

std::size_t Variant::margin_depth(std::size_t cols) const {
  if (!vector_margin) return cols + 2;
  std::size_t log2_lanes = 0;
  while ((std::size_t{1} << log2_lanes) < lanes) ++log2_lanes;
  return (cols + lanes - 1) / lanes + log2_lanes + 4;
}

std::span<const Variant> variants() { return registry().variants; }

// `column` while a row fills at most half a vector, and up to 4 columns on any ISA. `narrow` as far
// as it goes, but few rows to `block`, and on some CPUs wide ones from memory to `panel`; those of
// one vector of columns `narrow` keeps in registers. Beyond, `block` and `panel`.
const Variant& auto_variant(Dtype dtype, std::size_t rows, std::size_t cols) {
  const Registry& r = registry();
  const auto& [column, narrow, block, panel] = r.best[static_cast<std::size_t>(dtype)];
  if (cols <= std::max<std::size_t>(4, column->lanes / 2)) return *column;
  const std::size_t bytes = dtype == Dtype::kF32 ? 4 : 8;
  const std::size_t lanes = block->lanes, vectors = (cols - 1) / lanes + 1;
  const bool is_blocks = is_for_block(rows, cols * bytes, lanes * bytes, r.core);
  const bool are_few = rows < few_rows(vectors, lanes * bytes, r.core);
  const std::size_t cols_of_others = are_few ? lanes : narrow->most_cols;
  if (is_blocks && cols > cols_of_others) return *block;
  if (cols > narrow->most_cols) return *panel;
  return is_for_panel(rows, cols, bytes, lanes * bytes, r.core) ? *panel : *narrow;
}

const Variant& find_variant(std::string_view request, Dtype dtype, std::size_t rows,
                            std::size_t cols) {
  if (request == "auto") return auto_variant(dtype, rows, cols);
  const Variant* unavailable = nullptr;
  const Variant* other_type = nullptr;
  const Variant* found = nullptr;
  for (const Variant& variant : variants()) {
    const std::string name = variant.name();
    const std::string body_and_isa = name.substr(0, name.rfind('/'));
    if (request != name && request != body_and_isa && request != variant.body) continue;
    if (variant.dtype != dtype) {
      other_type = &variant;
    } else if (variant.runnable()) {
      found = &variant;  // the last is on the strongest ISA
    } else if (!unavailable) {
      unavailable = &variant;  // on the weakest ISA, which lacks the least
    }
  }
  if (found) return *found;
  const std::string quoted = "variant '" + std::string(request) + "'";
  if (unavailable) {
    throw std::invalid_argument(quoted + " cannot run here: " + unavailable->missing());
  }
  if (other_type) {
    throw std::invalid_argument(quoted + " is of type " + std::string(name_of(other_type->dtype)) +
                                ", expected " + std::string(name_of(dtype)));
  }
  std::vector<std::string> names;
  for (const Variant& variant : variants()) {
    if (variant.dtype == dtype) names.push_back(variant.name());
  }
  throw std::invalid_argument(quoted + " is unknown, expected auto, a body or one of " +
                              join(names));
}

std::vector<std::string> compiled_isas() {
  std::vector<std::string> names;
  for (const Isa& isa : registry().isas) names.emplace_back(isa.table->name);
  return names;
}

std::vector<std::string> supported_isas() {
  std::vector<std::string> names;
  for (const Isa& isa : registry().isas) {
    if (isa.missing.empty()) names.emplace_back(isa.table->name);
  }
  return names;
}

std::vector<std::string> runnable_isas() {
  std::vector<std::string> names;
  const Registry& r = registry();
  for (std::size_t rank = 0; rank < r.isas.size() && rank < r.cap; ++rank) {
    if (r.isas[rank].missing.empty()) names.emplace_back(r.isas[rank].table->name);
  }
  return names;
}

std::string_view isa_flags(std::string_view isa) {
  for (const Isa& each : registry().isas) {
    if (isa == each.table->name) return each.flags;
  }
  return {};
}

void cap_isa(std::string_view isa) { registry().set_cap(isa, "cap_isa"); }

std::vector<const IsaTable*> isa_tables() {
  std::vector<const IsaTable*> tables;
  for (const Isa& isa : registry().isas) tables.push_back(isa.table);
  return tables;
}

}  // namespace logigrad
