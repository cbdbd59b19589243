// See result.hpp.
#include "tools/results/result.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "tools/dataset/input_error.hpp"
#include "tools/dataset/text_file.hpp"
#include "tools/results/document.hpp"
#include "tools/results/json_text.hpp"

namespace logigrad {
namespace {

using Json = nlohmann::ordered_json;

// One place of a document, for the errors.
struct Place {
  const std::string& path;
  std::string where{};

  void expect(bool holds, std::string_view found, std::string_view expected) const {
    if (holds) return;
    throw InputError(fmt::format("{}: {}{}found {}, expected {}", path, where,
                                 where.empty() ? "" : ": ", found, expected));
  }
};

// A value as a message may show it: the beginning of it on one line.
std::string shown(const Json& value) {
  if (value.is_structured()) return value.type_name();
  return dataset::quoted(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

const Json& member(const Place& place, const Json& object, const char* key) {
  const auto found = object.find(key);
  place.expect(found != object.end(), fmt::format("no {}", key), "one");
  return *found;
}

std::string text_of(const Place& place, const Json& object, const char* key) {
  const Json& value = member(place, object, key);
  place.expect(value.is_string(), fmt::format("{} {}", key, shown(value)), "a text");
  return value.get<std::string>();
}

double time_of(const Place& place, const Json& object, const char* key) {
  const Json& value = member(place, object, key);
  const double time = value.is_number() ? value.get<double>() : 0;
  place.expect(time > 0 && std::isfinite(time), fmt::format("{} {}", key, shown(value)),
               "a time above 0");
  return time;
}

double seconds_of_unit(const Place& place, const Json& entry) {
  const std::string unit = text_of(place, entry, "time_unit");
  const std::map<std::string, double> units = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}};
  const auto found = units.find(unit);
  place.expect(found != units.end(), fmt::format("time_unit {}", dataset::quoted(unit)),
               "ns, us, ms or s");
  return found->second;
}

// round_1, round_2, ... without a gap.
void read_rounds(const Place& place, const Json& entry, Measurement& measurement) {
  std::size_t count = 0;
  for (const auto& [key, value] : entry.items()) count += key.starts_with("round_") ? 1 : 0;
  for (std::size_t i = 1; i <= count; ++i)
    measurement.rounds.push_back(time_of(place, entry, fmt::format("round_{}", i).c_str()));
}

// The numbers that are neither times nor what Google Benchmark counts for itself.
void read_counters(const Json& entry, Measurement& measurement) {
  static const std::set<std::string> kOthers = {"family_index",     "per_family_instance_index",
                                                "repetitions",      "repetition_index",
                                                "repetition_count", "threads",
                                                "iterations",       "real_time",
                                                "cpu_time"};
  for (const auto& [key, value] : entry.items()) {
    if (!value.is_number() || kOthers.count(key) || key.starts_with("round_")) continue;
    measurement.counters[key] = value.get<double>();
  }
}

Measurement read_measurement(const std::string& path, const Json& entry, std::size_t number) {
  Place place{path, fmt::format("benchmark {}", number)};
  place.expect(entry.is_object(), entry.type_name(), "an object");
  const std::string text = text_of(place, entry, "name");
  const std::optional<CaseName> name = parse_case_name(text);
  place.expect(name.has_value(), fmt::format("name {}", dataset::quoted(text)),
               "quantity/body/isa/type/N:rows/D:cols[/stride:S]/threads:T");
  Measurement measurement;
  measurement.name = *name;
  place.where = name_of(*name);
  if (entry.contains("label")) measurement.label = text_of(place, entry, "label");
  const auto failed = entry.find("error_occurred");
  if (failed != entry.end() && *failed == true) {
    measurement.failure = text_of(place, entry, "error_message");
    place.expect(!measurement.failure.empty(), "an empty error_message", "the reason");
    return measurement;
  }
  measurement.seconds = time_of(place, entry, "real_time") * seconds_of_unit(place, entry);
  place.expect(measurement.seconds > 0, "a real_time of less than 1e-300 s", "a time above 0");
  read_rounds(place, entry, measurement);
  read_counters(entry, measurement);
  return measurement;
}

std::map<std::string, std::string> read_context(const std::string& path, const Json& context) {
  const Place place{path, "context"};
  place.expect(context.is_object(), context.type_name(), "an object");
  std::map<std::string, std::string> result;
  for (const auto& [key, value] : context.items()) {
    if (value.is_string()) result[key] = value.get<std::string>();
  }
  const std::string schema = text_of(place, context, "logigrad_schema");
  place.expect(schema == "1", fmt::format("logigrad_schema {}", dataset::quoted(schema)),
               "1, of which this program knows");
  return result;
}

}  // namespace

Result parse_result(const std::string& path, std::string_view text) {
  const Json document = parse_json(path, text);
  const Place place{path};
  place.expect(document.is_object(), document.type_name(), "an object: a result of logigrad_bench");
  Result result;
  result.context = read_context(path, member(place, document, "context"));
  const Json& entries = member(place, document, "benchmarks");
  place.expect(entries.is_array(), fmt::format("benchmarks: {}", entries.type_name()), "an array");
  std::set<std::string> names;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    // Google's means and medians of repetitions; the repetitions themselves are not ours.
    if (entries[i].is_object() && entries[i].contains("run_type") &&
        entries[i].at("run_type") == "aggregate")
      continue;
    result.measurements.push_back(read_measurement(path, entries[i], i + 1));
    const std::string name = name_of(result.measurements.back().name);
    place.expect(names.insert(name).second, fmt::format("{} a second time", name), "it once");
  }
  return result;
}

std::vector<NamedResult> load_results(const std::string& path) {
  const Source source = source_of(path);
  const dataset::TextFile file(source.file);
  std::vector<NamedResult> results;
  for (const Document& document : documents_of(source, file.text()))
    results.push_back({document.path, parse_result(document.path, document.text)});
  return results;
}

std::vector<NamedResult> load_all_results(const std::vector<std::string>& paths) {
  std::vector<NamedResult> all;
  for (const std::string& path : paths) {
    for (NamedResult& result : load_results(path)) all.push_back(std::move(result));
  }
  return all;
}

bool is_same_run(const Result& a, const Result& b) {
  const auto text = [](const Result& result, const char* key) {
    const auto found = result.context.find(key);
    return found == result.context.end() ? std::string() : found->second;
  };
  return !a.measurements.empty() && a.measurements == b.measurements &&
         text(a, "date") == text(b, "date") &&
         text(a, "logigrad_revision") == text(b, "logigrad_revision");
}

void require_distinct(const std::vector<NamedResult>& results) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (is_same_run(results[i].result, results[j].result))
        throw InputError(
            fmt::format("{}: found the times of {} a second time, expected another run",
                        results[i].path, results[j].path));
    }
  }
}

Origin origin_of(const std::string& path, const Result& result) {
  const auto text = [&result](const char* key) {
    const auto found = result.context.find(key);
    return found == result.context.end() ? std::string() : found->second;
  };
  const Place place{path, "context"};
  const auto required = [&](const char* key) {
    const std::string value = text(key);
    place.expect(!value.empty(), fmt::format("no {}", key), "one");
    return value;
  };
  return {required("logigrad_machine_key"), required("logigrad_build_type"),
          text("logigrad_revision"), text("date")};
}

}  // namespace logigrad
