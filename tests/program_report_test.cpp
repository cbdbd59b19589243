// logigrad report as a process: the page holds its results, and whoever reads results reads it.
#include <string>

#include "tests/made_result.hpp"
#include "tests/program_fixture.hpp"

namespace logigrad {
namespace {

const std::string kAuto = "gradient/auto/any/f32/N:4096/D:28";
const std::string kWide = "loss_gradient/panel/avx2_fma/f32/N:64/D:4096/stride:4097";

// Times with all their digits, and a label that would end the script that holds it.
MadeResult made(double seconds, unsigned seed = 0) {
  return MadeResult()
      .add("limit/read_1/sse2/f32/N:4096/D:28", rounds_around(1e-6 / 3, 9, seed))
      .add(kAuto, rounds_around(seconds, 9, seed))
      .with("label", "a </script><!-- \\u003c & \"é\" label")
      .with("error_of_bound", 1.0 / 3)
      .add(kWide, rounds_around(3e-5, 9, seed));
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at))
    text.replace(at, from.size(), to);
  return text;
}

class ReportTest : public ProgramTest {
 protected:
  ReportTest() {
    write("a.json", made(7e-6).text());
    write("b.json", made(8e-6, 1).set("revision", "76543210").text());
  }

  // A build without Chart.js says so, and can write no page.
  void SetUp() override {
    if (!std::string(LOGIGRAD_CHART_JS).ends_with("-NOTFOUND")) return;
    expect_refused({"report", "a.json"}, "libjs-chart.js");
    GTEST_SKIP() << "for want of Chart.js (tools/setup.sh --with-report)";
  }

  void report(const Strings& results, const std::string& page) const {
    Strings arguments = {"report"};
    arguments.insert(arguments.end(), results.begin(), results.end());
    arguments.insert(arguments.end(), {"--output", page});
    const Outcome outcome = run(arguments);
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_NE(outcome.out.find(page + ": "), std::string::npos) << outcome.out;
  }
};

TEST_F(ReportTest, ComparePrintsTheSameOfPagesAsOfResults) {
  report({"a.json"}, "a.html");
  report({"b.json"}, "b.html");
  report({"a.json", "b.json"}, "ab.html");
  for (const std::string form : {"--json", "--markdown", "--threshold=5%"}) {
    const Outcome results = run({"compare", "a.json", "b.json", form});
    EXPECT_EQ(results.status, 1) << results.err;
    EXPECT_NE(results.out.find("4096"), std::string::npos);
    const Outcome pages = run({"compare", "a.html", "b.html", form});
    EXPECT_EQ(pages.status, 1);
    EXPECT_EQ(replaced(pages.out, ".html", ".json"), results.out);
    const Outcome one = run({"compare", "ab.html", form});
    EXPECT_EQ(one.status, 1);
    EXPECT_EQ(replaced(replaced(one.out, "ab.html#1", "a.json"), "ab.html#2", "b.json"),
              results.out);
  }
  expect_refused({"compare", "--baseline", "a.html", "a.json", "--candidate", "b.html"},
                 "a.json: found the times of a.html a second time");
}

TEST_F(ReportTest, OneOfThePagesResultsHasItsNumber) {
  report({"a.json", "b.json"}, "ab.html");
  const Outcome results = run({"compare", "a.json", "b.json"});
  const Outcome numbers = run({"compare", "ab.html#1", "ab.html#2"});
  EXPECT_EQ(numbers.status, 1) << numbers.err;
  EXPECT_EQ(replaced(replaced(numbers.out, "ab.html#1", "a.json"), "ab.html#2", "b.json"),
            results.out);
  EXPECT_EQ(run({"compare", "b.json#1", "ab.html#2"}).status, 0) << "of one result as well";
  EXPECT_EQ(run({"history", "ab.html#2", "--json"}).json().at("runs").size(), 1u);
  EXPECT_EQ(run({"report", "ab.html#2", "--markdown"}).out,
            run({"report", "b.json", "--markdown"}).out);
  expect_refused({"compare", "ab.html#1", "ab.html#3"}, "ab.html#3: found 2 results in that file");
  for (const std::string name : {"ab.html#", "ab.html#0", "ab.html#x", "ab.html#-1", "no.html#1"})
    expect_refused({"compare", "a.json", name}, "cannot be opened");
  write("c#1", content_of(path("a.json")));
  EXPECT_EQ(run({"compare", "c#1", "a.json"}).status, 0) << "a file of that name";
}

TEST_F(ReportTest, ARunTwiceIsShownOnce) {
  report({"a.json", "b.json"}, "ab.html");
  report({"ab.html", "a.json"}, "again.html");
  EXPECT_EQ(content_of(path("again.html")), content_of(path("ab.html")));
  const Outcome outcome = run({"report", "a.json", "ab.html", "--markdown"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_NE(outcome.err.find("ab.html#1 is left out: it has the times of a.json"),
            std::string::npos)
      << outcome.err;
}

TEST_F(ReportTest, AReportOfAReportIsTheSame) {
  report({"a.json", "b.json"}, "ab.html");
  report({"ab.html"}, "again.html");
  EXPECT_EQ(content_of(path("again.html")), content_of(path("ab.html")));
  report({"a.json"}, "a.html");
  report({"b.json"}, "b.html");
  report({"a.html", "b.html"}, "both.html");
  EXPECT_EQ(content_of(path("both.html")), content_of(path("ab.html")));
}

TEST_F(ReportTest, ThePageHoldsEveryNumberAndEndsNoScript) {
  report({"a.json"}, "a.html");
  const std::string page = content_of(path("a.html"));
  const std::string begin = R"(<script type="application/json" class="logigrad-result">)";
  const std::size_t from = page.find(begin) + begin.size();
  const std::string held = page.substr(from, page.find("</script>", from) - from);
  EXPECT_EQ(Json::parse(held), Json::parse(content_of(path("a.json"))));
  EXPECT_EQ(count_of(page, "</script>"), 4u) << "result, view, Chart.js, script";
  EXPECT_EQ(count_of(page, "<!--"), 0u);
  EXPECT_EQ(page.find("@TITLE@"), std::string::npos);
  EXPECT_NE(page.find("<title>logigrad: made-2-00000000; revision 0123abcd; 2026-11-26</title>"),
            std::string::npos);
}

TEST_F(ReportTest, HistoryReadsPages) {
  for (int k = 0; k < 8; ++k) {
    const std::string number = std::to_string(k);
    write("r" + number + ".json",
          made(k < 5 ? 7e-6 : 9e-6).set("revision", "0123abc" + number).text());
  }
  write("other.json", made(1).set("machine_key", "other-4-11111111").text());
  report({"r0.json", "r1.json", "r2.json", "r3.json", "r4.json", "r5.json", "r6.json", "r7.json",
          "other.json"},
         "all.html");
  const Json json =
      run({"history", "all.html", "--machine", "made-2-00000000", "--filter", "auto", "--json"})
          .json();
  EXPECT_EQ(json.at("runs").size(), 8u);
  EXPECT_EQ(json.at("runs").at(1).at("file"), "all.html#2");
  EXPECT_EQ(json.at("series").at(0).at("changes").at(0).at("run"), 5);
  expect_refused({"history", "all.html"}, "found results of made-2-00000000, other-4-11111111");
  write("results/made-2-00000000/a.json", content_of(path("r1.json")));
  write("results/made-2-00000000/b.html", content_of(path("all.html")));
  const Json both = run({"history", "results", "--json"}).json();
  EXPECT_EQ(both.at("runs").size(), 8u) << "r1 once, and nothing of the other machine";
}

TEST_F(ReportTest, MarkdownAndPictures) {
  const Outcome outcome = run({"report", "a.json", "--markdown"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("| 4096x28 "), std::string::npos) << outcome.out;
  EXPECT_EQ(files(), (Strings{"a.json", "b.json"})) << "no page that nobody asked for";
  const Outcome pictures = run({"report", "a.json", "b.json", "--svg", "pictures"});
  if (pictures.status != 0) {
    EXPECT_NE(pictures.err.find("found no gnuplot"), std::string::npos) << pictures.err;
    GTEST_SKIP() << "for want of gnuplot";
  }
  const std::string name = "pictures/made-2-00000000--0123abcd-roofline.svg";
  const std::string picture = content_of(path(name));
  EXPECT_NE(picture.find("</svg>"), std::string::npos) << pictures.out;
  EXPECT_NE(picture.find("flop/byte"), std::string::npos);
}

TEST_F(ReportTest, WhatIsNoResultOrReportIsRefused) {
  write("page.html", "<!DOCTYPE html>\n<p>hello</p>\n");
  report({"a.json"}, "a.html");
  const std::string page = content_of(path("a.html"));
  const std::size_t data = page.find("logigrad-result");
  write("cut.html", page.substr(0, data + 200));
  write("edited.html", replaced(page, "\"logigrad_schema\":\"1\"", "\"logigrad_schema\":\"9\""));
  write("bare.json", MadeResult().unset("machine_key").text());
  const Strings before = files();
  expect_refused({"report"}, "RESULTS");
  expect_refused({"report", "missing.json"}, "missing.json: ");
  expect_refused({"report", "page.html"}, "page.html: found a page without results");
  expect_refused({"compare", "a.json", "page.html"}, "page.html: found a page without results");
  expect_refused({"report", "cut.html"}, "cut.html: found a result that does not end");
  expect_refused({"report", "edited.html"}, "edited.html: context: found logigrad_schema '9'");
  expect_refused({"report", "bare.json"}, "bare.json: context: found no logigrad_machine_key");
  expect_refused({"report", "a.json", "--output", "a.json"}, "found the input file a.json");
  expect_refused({"report", "a.json", "--output", "none/a.html"}, "found no directory none");
  EXPECT_EQ(files(), before) << "nothing half-written";
}

TEST_F(ReportTest, WhatARunLacksIsShown) {
  write("empty.json", MadeResult().text());
  report({"empty.json"}, "empty.html");
  write("cut.json", made(7e-6).set("interrupted", "true").text());
  report({"cut.json"}, "cut.html");
  EXPECT_NE(content_of(path("cut.html")).find(R"("interrupted":true)"), std::string::npos);
}

}  // namespace
}  // namespace logigrad
