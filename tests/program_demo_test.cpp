// logigrad demo: the picture, with gnuplot and without, and the loss it reports.
#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "tests/program_fixture.hpp"

namespace logigrad {
namespace {

// Whether every tag is closed in order, attributes are quoted and text has no stray markup.
bool well_formed(const std::string& xml) {
  Strings open;
  for (std::size_t at = 0; (at = xml.find('<', at)) != std::string::npos;) {
    const std::size_t end = xml.find('>', at), next = xml.find('<', at + 1);
    if (end == std::string::npos || next < end) return false;
    const std::string tag = xml.substr(at + 1, end - at - 1);
    const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
    at = end;
    if (count_of(tag, "\"") % 2 != 0 || count_of(tag, "=\"") * 2 != count_of(tag, "\""))
      return false;
    if (tag[0] == '?' || tag[0] == '!') continue;
    if (tag[0] == '/') {
      if (open.empty() || "/" + open.back() != tag) return false;
      open.pop_back();
    } else if (tag.back() != '/') {
      open.push_back(name);
    }
  }
  return open.empty() && xml.find('&') == std::string::npos;
}

// What demo says is there without a picture; without gnuplot there is nothing but an error.
class DemoTest : public ProgramTest {
 protected:
  Outcome demo(const Strings& arguments) const {
    Strings words{"demo"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const Outcome outcome = run(words);
    if (draws_) {
      EXPECT_EQ(outcome.status, 0) << outcome.err;
    } else {
      EXPECT_EQ(outcome.status, 2);
      EXPECT_NE(outcome.err.find("found no gnuplot"), std::string::npos) << outcome.err;
    }
    return outcome;
  }

  const bool draws_ = std::system("command -v gnuplot >/dev/null") == 0;
};

TEST_F(DemoTest, DrawsAndIsTheSameForASeed) {
  const Outcome first = demo({"--seed", "7", "--output", "a.svg"});
  write("b.svg", "something older" + std::string(99999, '.'));
  const Outcome again = demo({"--seed", "7", "--output", "b.svg"});
  const Outcome other = demo({"--seed", "8", "--output", "c.svg"});
  EXPECT_EQ(first.out.substr(0, first.out.rfind("written")),
            again.out.substr(0, again.out.rfind("written")));
  EXPECT_NE(first.out, other.out);
  if (!draws_) {
    EXPECT_EQ(files(), Strings{"b.svg"});
    EXPECT_TRUE(content_of(path("b.svg")).starts_with("something older"));
    GTEST_SKIP() << "for want of gnuplot (tools/setup.sh --with-plots)";
  }
  const std::string svg = content_of(path("a.svg"));
  EXPECT_TRUE(svg == content_of(path("b.svg")));
  EXPECT_TRUE(svg != content_of(path("c.svg")));
  EXPECT_TRUE(well_formed(svg));
  EXPECT_FALSE(well_formed(svg.substr(0, svg.size() / 2)));
  // 50 points and one in the legend, of each class.
  EXPECT_EQ(count_of(svg, "xlink:href='#gpPt6'"), 51u);
  EXPECT_EQ(count_of(svg, "xlink:href='#gpPt8'"), 51u);
  EXPECT_EQ(files(), (Strings{"a.svg", "b.svg", "c.svg"}));
}

TEST_F(DemoTest, ShowsTheLossFalling) {
  const Outcome outcome = demo({});
  std::vector<double> losses;
  for (const std::string& line : lines_of(outcome.out)) {
    std::istringstream words(line);
    double index = 0, loss = 0, norm = 0;
    if (words >> index >> loss >> norm) losses.push_back(loss);
  }
  ASSERT_GE(losses.size(), 5u);
  EXPECT_TRUE(std::is_sorted(losses.rbegin(), losses.rend()));
  EXPECT_LT(losses.back(), losses.front() / 2);
  EXPECT_EQ(files(), draws_ ? Strings{"logigrad-demo.svg"} : Strings{});
}

}  // namespace
}  // namespace logigrad
