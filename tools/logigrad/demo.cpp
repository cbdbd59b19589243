// logigrad demo: the lecture's example, from F. Fleuret, EE-559 Deep Learning (EPFL), lecture 3.5.
//
//   50 points of each class, N(+-(1, 1), I);  w ~ N(0, 1), b = 0;  eta = 0.1
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "logigrad/descend.hpp"
#include "tools/logigrad/options.hpp"
#include "tools/logigrad/output.hpp"
#include "tools/logigrad/picture.hpp"
#include "tools/logigrad/program.hpp"
#include "tools/report/gnuplot.hpp"

namespace logigrad::program {
namespace {

constexpr const char* kFooter =
    R"(Draws 50 points of each class, N((1,1), I) for y = +1 and N(-(1,1), I) for y = -1, and
descends from w ~ N(0, 1), b = 0 with eta = 0.1, as the lecture does. Prints the loss as it falls;
the picture, which gnuplot draws, shows the points and the line w.x + b = 0 at the start and at the
end. A seed gives the same points wherever the C++ library is the same. Exit status 2, and no file,
where there is no gnuplot.

Example:
  logigrad demo --seed 7 --output demo.svg)";

constexpr std::size_t kPointsPerClass = 50;
constexpr double kEta = 0.1;
constexpr std::size_t kIterations = 1000;

struct DemoOptions {
  std::uint64_t seed = 1;
  std::string output = "logigrad-demo.svg";
};

struct Example {
  std::vector<double> x, y;  // 100 x 2, and 100
  double w[2], b = 0;

  // The points first, then w: the order in which the random numbers are drawn.
  explicit Example(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    for (const double label : {1.0, -1.0}) {
      for (std::size_t n = 0; n < kPointsPerClass; ++n) {
        y.push_back(label);
        for (int j = 0; j < 2; ++j) x.push_back(label + normal(random));
      }
    }
    for (double& element : w) element = normal(random);
  }

  Problem<double> problem() const {
    return {.x = x.data(), .rows = y.size(), .cols = 2, .stride = 2, .y = y.data()};
  }
  Line line() const { return {w[0], w[1], b}; }
  std::vector<Point> points() const {
    std::vector<Point> result;
    for (std::size_t n = 0; n < y.size(); ++n) {
      result.push_back({x[2 * n], x[2 * n + 1], y[n] > 0});
    }
    return result;
  }
  std::size_t on_their_side() const {
    std::size_t count = 0;
    for (std::size_t n = 0; n < y.size(); ++n) {
      count += y[n] * (w[0] * x[2 * n] + w[1] * x[2 * n + 1] + b) > 0;
    }
    return count;
  }
};

// 0, 1, 2, 5, 10, 20, 50, 100 ...: the loss falls fast, then slowly.
bool is_shown(std::size_t iteration) {
  while (iteration >= 10 && iteration % 10 == 0) iteration /= 10;
  return iteration <= 2 || iteration == 5;
}

void run_demo(const DemoOptions& options) {
  AtomicFile file(output_path("--output", options.output), Existing::kReplace);
  Example example(options.seed);
  const Line before = example.line();
  double first_loss = 0;
  fmt::print("{} points of each class, seed {}; eta = {}\n", kPointsPerClass, options.seed, kEta);
  fmt::print("start: w = ({:.4f}, {:.4f}), b = {:.4f}\n", before.w_x, before.w_y, before.b);
  fmt::print("iteration        loss  |gradient|\n");
  DescendOptions steps{.eta = kEta, .iterations = kIterations};
  steps.callback = [&](const Iteration& i) {
    if (i.index == 0) first_loss = i.loss;
    if (is_shown(i.index)) {
      fmt::print("{:>9}  {:>10.6f}  {:>10.3g}\n", i.index, i.loss, i.gradient_norm);
    }
    return true;
  };
  const DescendResult result = descend(example.problem(), example.w, &example.b, steps);
  fmt::print("end:   w = ({:.4f}, {:.4f}), b = {:.4f}\n", example.w[0], example.w[1], example.b);
  fmt::print("{} of {} points are on their side of the line\n", example.on_their_side(),
             example.y.size());
  const std::string caption =
      fmt::format("Logistic loss {:.4f} at the start, {:.4f} after {} steps of {}", first_loss,
                  result.loss, result.iterations, kEta);
  report::draw(picture_script(example.points(), before, example.line(), caption), file.temporary());
  file.commit();
  fmt::print("written to {}\n", options.output);
  if (!(result.loss < first_loss)) throw BadAnswer("the loss did not fall: try another --seed");
}

}  // namespace

void add_demo(CLI::App& app, Work& work) {
  CLI::App* command = app.add_subcommand("demo", "The lecture's example, with a picture");
  command->footer(kFooter);
  const auto options = std::make_shared<DemoOptions>();
  command
      ->add_option_function<std::string>(
          "--seed",
          [options](const std::string& text) {
            options->seed =
                whole_option("--seed", text, 0, std::numeric_limits<std::size_t>::max());
          },
          "Of the random numbers, a whole number (default 1)")
      ->type_name("S");
  command->add_option("--output", options->output, "The picture (default logigrad-demo.svg)")
      ->type_name("FILE.svg");
  command->callback([&work, options] { work = [options] { run_demo(*options); }; });
}

}  // namespace logigrad::program
