// SPDX-License-Identifier: Apache-2.0
// What can be chosen about FineRouter. Two profiles set the starting values: `paper` holds to the
// paper where it speaks and mostly to algorithms.md 6.6 where it is silent, `wend` (default) is
// what measured better. README.md says what is whose, and where `paper` is neither's.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/routers/spec.h"
#include "wend/routers/trouter/option_fields.h"
#include "wend/routers/trouter/options.h"

namespace wend::routers {

/// Where the task types come from: `auto` leaves it to the trip; `given` are the data set's own,
/// `coarse` a small taxonomy of kinds made by people.
enum class TaskSource { kAuto, kDiscover, kGiven, kKmeans, kCoarse };
enum class DiscoveryObjective { kModularity, kCpm };

/// What a task's encoding in the classifier begins as, where tasks are found: the embedding of its
/// summary (paper section 3.1.2), or the centre of its prompts.
enum class TaskEncodings { kSummaries, kCentres };

/// How the task types are found. The trip reads it, for they are there before the router is
/// trained; here it is only parsed and kept.
struct DiscoveryChoice {
  TaskSource tasks = TaskSource::kAuto;
  std::size_t k = 20;  ///< Neighbours of a prompt in its graph.
  double rbo_p = 0.8;
  bool rbo = true;  ///< Off: edges by meaning alone, an ablation.
  double rbo_percentile = 0.5;
  std::optional<double> rbo_threshold = {};  ///< Instead of the percentile of random pairs.
  DiscoveryObjective objective = DiscoveryObjective::kModularity;
  double resolution = 4;
  static constexpr std::size_t kMostIterations = 10;
  std::size_t iterations = 2;
  double finer = 1;   ///< Resolution of iterations before the last, in multiples of the last's.
  double enough = 2;  ///< See discover/communities.h.
  std::size_t min_size = 20;
  double coverage = 0.8;     ///< Of the candidate models.
  std::size_t clusters = 0;  ///< Of k-means; 0: as many as discovery finds.
  TaskEncodings encodings = TaskEncodings::kSummaries;

  void fields(OptionFields& fields);
};

/// A network's training on a frozen encoder.
struct FitOptions {
  double learning_rate = 1e-3;
  std::size_t epochs = 20;
  std::size_t patience = 3;
};

/// The task classifier (paper section 3.1.2).
struct ClassifierOptions {
  FitOptions fit = {};
  bool projection = false;      ///< A trainable square matrix on top of the frozen embedding.
  double positive_weight = 10;  ///< Of a row's own task in the loss: it stands against all others.
  /// Tasks whose encoding has a higher cosine with the own task's count as right too; 1: none.
  double also_right = 1;
  std::optional<double> none_threshold = {};  ///< No task where every probability lies below it.

  void fields(OptionFields& fields);
};

/// The quality estimator (paper section 3.2).
struct QualityOptions {
  FitOptions general = {3e-4};
  FitOptions task = {};
  std::size_t batch = 256;
  std::size_t epoch_steps = 25;  ///< Minibatches of an epoch at least (train/loop.h).
  double dropout = 0.1;
  std::size_t hidden = 64;
  std::size_t model_embedding = 64;
  double pull = 1e-3;          ///< Of a task head towards the general one it began as.
  std::size_t min_train = 20;  ///< Rows of a task below which it has no heads of its own.
  StopBy stop = StopBy::kLoss;
  InputScale input = InputScale::kScaled;
  HeadStart start = HeadStart::kCalibrated;

  void general_fields(OptionFields& fields);
  void task_fields(OptionFields& fields);
};

/// natural: both stages on the scale of quality; paper: each scaled to [0, 1] over the models of
/// the query (section 3.3). The paper takes the highest score. Here the score stands where a
/// predicted quality would, and the policy weighs it against the predicted cost as it does any
/// other, so the choice is the paper's at mu = 1 alone.
enum class ScoreMode { kNatural, kPaper };
enum class Statistic { kMedian, kMean };
/// hard: one task or none; soft: every task and none by the classifier's odds.
enum class Assign { kHard, kSoft };

/// How the two stages become one score (paper section 3.3).
struct InferenceOptions {
  ScoreMode mode = ScoreMode::kNatural;
  std::optional<double> alpha = {};  ///< Weight of the second stage.
  double shrink = 20;                ///< Pseudo-count of the models' means over all tasks.
  Statistic statistic = Statistic::kMean;
  Assign assign = Assign::kSoft;
};

/// Which of the two stages a router has: finerouter, finerouter_tasks, finerouter_general.
enum class Stages { kBoth, kTasks, kGeneral };

enum class FineProfile { kWend, kPaper };

/// Each of the three routers has the options of its stages alone.
struct FineRouterOptions {
  Stages stages = Stages::kBoth;
  FineProfile profile = FineProfile::kWend;
  DiscoveryChoice discovery = {};
  ClassifierOptions classifier = {};
  QualityOptions quality = {};
  InferenceOptions inference = {};

  bool has_tasks() const { return stages != Stages::kGeneral; }

  bool has_estimator() const { return stages != Stages::kTasks; }

  /// The starting values of a profile.
  static FineRouterOptions of(Stages stages, FineProfile profile);
  /// The name of the SPEC says which of the three it is.
  static base::Result<FineRouterOptions> parse(const RouterSpec& spec);
  /// From an artifact's "router" and "config".
  static base::Result<FineRouterOptions> from_json(std::string_view router, std::string_view json);
  std::string to_json();
  void fields(OptionFields& fields);
};

/// Whether a router's name is one of the three, and so its task types the trip's to find.
bool is_finerouter(std::string_view router);

}  // namespace wend::routers
