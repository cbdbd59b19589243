// logigrad doctor, run as a user runs it: its text, its JSON, its status, and what it refuses.
//
// How fit the machine of the tests is must not matter: its lines are checked for their form, those
// of a made-up machine for what they say.
#include <set>
#include <string>

#include "tests/doctor_trees.hpp"
#include "tests/program_fixture.hpp"

namespace logigrad {
namespace {

using ProgramDoctorTest = ProgramTest;

std::string status_of(const Json& report, const std::string& name) {
  for (const Json& check : report.at("checks")) {
    if (check.at("name") == name) return check.at("status");
  }
  return "no check is called " + name;
}

std::size_t warnings_of(const Json& report) {
  std::size_t warnings = 0;
  for (const Json& check : report.at("checks")) warnings += check.at("status") == "warn";
  return warnings;
}

TEST_F(ProgramDoctorTest, ReportsThisMachineInJson) {
  const Outcome outcome = run({"doctor", "--json", "--no-probe"});
  const Json report = outcome.json();
  std::set<std::string> names;
  for (const Json& check : report.at("checks")) {
    const std::string name = check.at("name"), status = check.at("status");
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(status == "ok" || status == "warn" || status == "unknown") << check;
    EXPECT_NE(check.at("finding"), "") << check;
    EXPECT_EQ(status != "ok", check.at("advice") != "") << check;
  }
  EXPECT_EQ(names.size(), 24u);
  EXPECT_EQ(status_of(report, "cpu"), "ok");
  EXPECT_EQ(status_of(report, "gaps"), "unknown");
  EXPECT_TRUE(report.at("sysroot").is_null());
  EXPECT_TRUE(report.at("probe").is_null());
  EXPECT_NE(report.at("openmp").get<std::string>().find("OMP_PLACES=unset"), std::string::npos);
  EXPECT_EQ(outcome.status, warnings_of(report) == 0 ? 0 : 1) << outcome.err;
}

TEST_F(ProgramDoctorTest, MeasuresForAsLongAsItIsTold) {
  const Json report = run({"doctor", "--json", "--probe-seconds", "0.2"}).json();
  const Json& probe = report.at("probe");
  EXPECT_GE(probe.at("seconds"), 0.2);
  EXPECT_GT(probe.at("gaps").at("watched"), 0.0);
  for (const char* name : {"clock", "bandwidth"}) {
    if (probe.at(name).is_null()) {
      EXPECT_EQ(status_of(report, name), "unknown");
      continue;
    }
    EXPECT_GT(probe.at(name).at("median"), 0.0) << name;
    EXPECT_LE(probe.at(name).at("low_5_percent"), probe.at(name).at("median")) << name;
    EXPECT_GE(probe.at(name).at("high_5_percent"), probe.at(name).at("median")) << name;
    EXPECT_NE(status_of(report, name), "unknown");
  }
  EXPECT_NE(status_of(report, "gaps"), "unknown");
}

TEST_F(ProgramDoctorTest, TheKeyIsThatOfTheBenchmark) {
  const std::string key = run({"doctor", "--json", "--no-probe"}).json().at("machine_key");
  const Outcome bench = spawn({LOGIGRAD_BENCH, "--shape", "10x2", "--benchmark_min_time=0.001",
                               "--rounds", "3", "--no-compare", "--results", path("results")},
                              {});
  ASSERT_EQ(bench.status, 0) << bench.err;
  EXPECT_TRUE(std::filesystem::is_directory(path("results") / key)) << key;
  EXPECT_EQ(run({"doctor", "--json", "--no-probe"}, {"LOGIGRAD_MAX_ISA=generic"})
                .json()
                .at("machine_key"),
            key);
}

TEST_F(ProgramDoctorTest, TextOfAQuietTree) {
  const DoctorTree tree;
  const Outcome outcome = run({"doctor", "--sysroot", tree.path().string()});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  const Strings lines = lines_of(outcome.out);
  ASSERT_EQ(lines.size(), 35u) << outcome.out;  // 24 checks, and advice on the 6 unknown ones
  EXPECT_EQ(lines[0], tree.path().string() +
                          ": read, not run on: no probe, no OpenMP threads, no perf_event_open");
  EXPECT_EQ(lines[1].rfind("machine_key: amd-epyc-4-", 0), 0u) << lines[1];
  EXPECT_EQ(lines[3],
            "ok       cpu           AMD EPYC (AuthenticAMD, family 25, model 17, stepping 1)");
  EXPECT_EQ(lines.back(), "0 of 24 checks warn, 6 are unknown");
}

TEST_F(ProgramDoctorTest, AWarningHasAdviceAndAStatus) {
  const DoctorTree tree;
  tree.write("proc/sys/kernel/perf_event_paranoid", "4");
  const Strings arguments = {"doctor", "--sysroot", tree.path().string()};
  const Outcome text = run(arguments);
  EXPECT_EQ(text.status, 1);
  EXPECT_EQ(text.err, "logigrad: 1 of 24 checks warn, 6 are unknown\n");
  EXPECT_NE(text.out.find("warn     counters      cpu, kernel.perf_event_paranoid is 4\n"
                          "                       -> sudo sysctl kernel.perf_event_paranoid=2\n"),
            std::string::npos)
      << text.out;
  Strings json = arguments;
  json.emplace_back("--json");
  const Outcome object = run(json);
  EXPECT_EQ(object.status, 1);
  EXPECT_EQ(object.json().at("sysroot"), tree.path().string());
  EXPECT_EQ(status_of(object.json(), "counters"), "warn");
  EXPECT_EQ(status_of(object.json(), "openmp"), "unknown");
  EXPECT_EQ(warnings_of(object.json()), 1u);
}

TEST_F(ProgramDoctorTest, SettingsOfOpenMpAreJudged) {
  const auto openmp = [this](const Strings& settings) {
    return status_of(run({"doctor", "--json", "--no-probe"}, settings).json(), "openmp");
  };
  EXPECT_EQ(openmp({"OMP_NUM_THREADS=1"}), "ok");
  EXPECT_EQ(openmp({"OMP_NUM_THREADS=1", "OMP_DYNAMIC=true"}), "warn");
  EXPECT_EQ(openmp({"OMP_NUM_THREADS=5000", "OMP_THREAD_LIMIT=4"}), "warn");
}

TEST_F(ProgramDoctorTest, TheTextShowsWhatOpenMpWasTold) {
  const Outcome outcome =
      run({"doctor", "--no-probe"}, {"OMP_NUM_THREADS=1", "OMP_THREAD_LIMIT=4"});
  const std::size_t at = outcome.out.find("  openmp  ");
  ASSERT_NE(at, std::string::npos) << outcome.out;
  const std::string line = outcome.out.substr(at, outcome.out.find('\n', at) - at);
  EXPECT_NE(line.find("1 threads for "), std::string::npos) << line;
  EXPECT_NE(line.find("OMP_NUM_THREADS=1"), std::string::npos) << line;
  EXPECT_NE(line.find("OMP_THREAD_LIMIT=4"), std::string::npos) << line;
}

TEST_F(ProgramDoctorTest, Refusals) {
  write("file", "");
  write("empty/file", "");
  expect_refused({"doctor", "--sysroot", "missing"}, "missing: not a directory");
  expect_refused({"doctor", "--sysroot", "file"}, "file: not a directory");
  expect_refused({"doctor", "--sysroot", "empty"}, "empty: found neither proc/ nor sys/, expected");
  expect_refused({"doctor", "--sysroot", ""}, "--sysroot");
  for (const std::string bad : {"0", "0.09", "3601", "nan", "-1", "ten", ""}) {
    expect_refused({"doctor", "--probe-seconds", bad},
                   "--probe-seconds: found '" + bad + "', expected a number of seconds");
  }
  expect_refused({"doctor", "--no-probe", "--probe-seconds", "1"}, "--no-probe");
  expect_refused({"doctor", "--sysroot", "empty", "--probe-seconds", "1"}, "--sysroot");
  expect_refused({"doctor", "here"}, "here");
}

}  // namespace
}  // namespace logigrad
