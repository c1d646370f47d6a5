// SPDX-License-Identifier: Apache-2.0
// What can be chosen about TRouter. Three profiles set the starting values: `paper` holds to the
// paper where it speaks and to the decisions of algorithms.md 14 where it is silent, `code` to the
// authors' released code, `wend` (default) is the paper's network with our choices where the paper
// is silent. README.md says what is whose.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/taxonomy.h"
#include "wend/routers/spec.h"
#include "wend/routers/trouter/option_fields.h"

namespace wend::routers {

enum class Profile { kWend, kPaper, kCode };
inline constexpr std::array<std::string_view, 3> kProfileNames = {"wend", "paper", "code"};
enum class Scorer { kPairwise, kConcatAll, kBilinear };
/// unit: L2-normalised (sentence-transformers' definition); raw: as pooled (the authors' code);
/// scaled: unit times sqrt(dimension), entries of order 1.
enum class InputScale { kUnit, kRaw, kScaled };
enum class OptimizerName { kAdam, kAdamW };
/// Which validation figure ends the training: the utility sum of the three preferences, or the
/// total loss.
enum class StopBy { kUtility, kLoss };
/// mean: the regression part over |M||H| (eq. 10); sum: over |M| alone (the code).
enum class LossScale { kMean, kSum };
/// Where the mass of label smoothing goes.
enum class Smoothing { kUniform, kSiblings };
/// head: g is the heads' output (the paper); blend: the heads' output is the prior of each node's
/// observed mean (algorithms.md 2.9).
enum class TableKind { kHead, kBlend };
/// plain: PyTorch's Linear default; calibrated: the last bias of each head is the logit of its
/// train mean.
enum class HeadStart { kPlain, kCalibrated };
enum class Metric { kQuality, kCost, kLatency };

/// How long and by what rule a network is trained: shared by trouter and metric.
struct TrainingOptions {
  OptimizerName optimizer = OptimizerName::kAdam;
  double learning_rate = 1e-4;
  double weight_decay = 0.01;
  std::size_t epochs = 20;
  std::size_t batch = 64;
  std::size_t epoch_steps = 1;  ///< Minibatches of an epoch at least (train/loop.h).
  std::size_t patience = 3;
  double dropout = 0.0;
  StopBy stop = StopBy::kUtility;
  LossScale loss = LossScale::kMean;
  double weight_quality = 1.0;
  double weight_cost = 1.0;
  double weight_latency = 1.0;
  std::string metrics = "quality+cost";
  InputScale input = InputScale::kUnit;
  HeadStart start = HeadStart::kPlain;
  std::size_t width = 256;   ///< Of e_q and e_t.
  std::size_t hidden = 256;  ///< Of every hidden layer.
  std::size_t head_layers = 2;

  void fields(OptionFields& fields);
  double weight_of(Metric metric) const;
};

struct TRouterOptions {
  Profile profile = Profile::kWend;
  Scorer scorer = Scorer::kPairwise;
  std::string level = "leaves";
  std::size_t shots = 0;  ///< Train rows of each task type at most; 0: all (TRouter, Fig. 4).
  bool assumption1 = true;
  bool regularisation = true;
  double tau = 0.07;
  double weight_task = 1.0;
  double label_smoothing = 0.0;
  Smoothing smoothing = Smoothing::kUniform;
  TableKind table = TableKind::kHead;
  double pseudo_count = 20;
  TrainingOptions training;

  /// The starting values of a profile.
  static TRouterOptions of(Profile profile);
  static base::Result<TRouterOptions> parse(const RouterSpec& spec);
  /// From an artifact's "config".
  static base::Result<TRouterOptions> from_json(std::string_view json);
  std::string to_json();
  void fields(OptionFields& fields);
};

/// "quality+cost" -> the metrics, quality first. Quality must be among them; in a set without
/// costs, cost is left out, and latency where no outcome has it.
struct MetricsAvailable {
  bool cost = false;
  bool latency = false;
};

base::Result<std::vector<Metric>> parse_metrics(const std::string& text,
                                                MetricsAvailable available);
std::string metrics_text(const std::vector<Metric>& metrics);

/// The nodes that are the task types at a level: "leaves", "domain", "subcategory", "difficulty"
/// (the deepest level there is where that lies deeper) or a number from 0. "auto" is for the caller
/// to resolve.
base::Result<std::vector<std::size_t>> tasks_at(const core::Taxonomy& taxonomy,
                                                const std::string& level);

}  // namespace wend::routers
