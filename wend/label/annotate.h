// SPDX-License-Identifier: Apache-2.0
// Task types of queries, as a model chooses them from a taxonomy: level by level among the children
// of what it chose before, or in one question among a shortlist of leaves. Options are nodes, told
// apart by what they are and never by their names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/core/taxonomy.h"
#include "wend/data/dataset.h"
#include "wend/llm/dialogue.h"
#include "wend/llm/dialogue_run.h"

namespace wend::label {

struct Annotator {
  llm::Partner partner;
  std::string
      prompt;  ///< With {{question}} and {{options}}, and {{most}} where several may be named.
  std::size_t most = 1;  ///< Labels of one query.
};

enum class AnnotationEnd : std::uint8_t {
  kLabelled,
  kNone,        ///< "None of these" at the top.
  kUnreadable,  ///< The first question got three replies that cannot be read.
  kFailed,      ///< A call failed; the next run asks again.
};

struct WeightedNode {
  std::size_t node = 0;  ///< Into the taxonomy's nodes.
  double weight = 1;
};

struct Annotation {
  AnnotationEnd end = AnnotationEnd::kFailed;
  std::vector<WeightedNode>
      labels;               ///< Heaviest first, weights summing to 1; empty unless labelled.
  bool is_partial = false;  ///< A branch ended above the leaves.
  std::size_t again = 0;    ///< Reminders.
};

/// The leaves that a query is asked about, where it is asked about a shortlist.
using Shortlist = std::function<std::vector<std::size_t>(std::size_t query)>;

/// The queries of a data set as items of an llm::DialogueRun. Borrows all.
class AnnotateItems final : public llm::DialogueItems {
 public:
  /// Without a shortlist level by level.
  AnnotateItems(core::CallLedger& ledger,
                const Annotator& annotator,
                const core::Taxonomy& taxonomy,
                const std::vector<core::QueryRecord>& queries,
                Shortlist shortlist = {});

  std::size_t count() const override { return queries_.size(); }

  base::Result<std::optional<llm::ItemCall>> look(std::size_t item) override;
  base::Status finish(std::size_t item) override;
  base::Status give_up(std::size_t item, const llm::CallFailure& failure) override;

  /// One per query; kFailed of those that were not asked to the end.
  const std::vector<Annotation>& annotations() const { return annotations_; }

 private:
  /// A way down the tree: where it stands, and how much of the query goes this way.
  struct Branch {
    std::optional<std::size_t> node;  ///< Nothing: above the domains.
    double weight = 1;
  };

  struct Walk {
    bool is_open = false;
    std::optional<llm::ItemCall> last;  ///< The open call, or the last that was answered.
    Annotation annotation;              ///< Where no call is open.
  };

  /// One question: among these nodes and "none of these".
  struct Asked {
    llm::DialogueStep step;
    std::vector<WeightedNode> chosen;
    double none = 0;  ///< The weight of "none of these".
  };

  base::Result<Walk> walk(std::size_t query) const;
  /// One level down from a branch; what ends here is put among the walk's labels.
  base::Result<std::vector<Branch>> go_down(std::size_t query,
                                            const Branch& branch,
                                            Walk& walk) const;
  base::Result<Asked> ask(std::size_t query, const std::vector<std::size_t>& nodes) const;
  const std::vector<std::size_t>& children_of(std::optional<std::size_t> node) const;

  core::CallLedger& ledger_;
  const Annotator& annotator_;
  const core::Taxonomy& taxonomy_;
  const std::vector<core::QueryRecord>& queries_;
  Shortlist shortlist_;
  std::vector<std::size_t> roots_;
  std::vector<std::vector<std::size_t>> children_;
  std::vector<std::string> full_names_;  ///< "domain > subcategory > level" of every node.
  std::vector<Annotation> annotations_;
};

/// How far annotations agree with labels that were there: of the queries that have both, the share
/// whose heaviest ones have the same ancestor at each level.
struct Agreement {
  std::size_t queries = 0;
  std::vector<double> levels;
};

Agreement agreement_with(const data::Dataset& labelled,
                         const core::Taxonomy& taxonomy,
                         const std::vector<Annotation>& annotations);

}  // namespace wend::label
