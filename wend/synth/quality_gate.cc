// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/quality_gate.h"

#include <array>
#include <utility>

namespace wend::synth {
namespace {

constexpr std::size_t kKeptOfReason = 600;

std::string cut_short(std::string text) {
  if (text.size() > kKeptOfReason) {
    std::size_t end = kKeptOfReason;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
      --end;
    }
    text.resize(end);
    text += "...";
  }
  return text;
}

}  // namespace

std::string_view word_of(GateChoice choice) {
  constexpr std::array<std::string_view, 4> kWords = {"revised", "current", "same", "unusable"};
  return kWords.at(static_cast<std::size_t>(choice));
}

QualityGate::QualityGate(
    const Voice& voice, NodeTask task, NodeSet first, GateRules rules, std::uint64_t seed)
    : voice_(voice),
      task_(std::move(task)),
      rules_(rules),
      random_(seed),
      current_(std::move(first)),
      exchange_(Ask{}),
      done_(rules.max_rounds == 0 || rules.stable_rounds == 0) {
  if (!done_) {
    begin_round();
  }
}

NodeSet QualityGate::shown(NodeSet set) {
  if (task_.rules.level != Level::kDifficulty) {
    random_.shuffle(std::span(set));
  }
  return set;
}

void QualityGate::begin_round() {
  rounds_.emplace_back();
  choosing_ = false;
  exchange_ = Exchange(revise_ask());
}

Ask QualityGate::revise_ask() {
  const Level level = task_.rules.level;
  return voice_.ask(Role::kRevise,
                    voice_.prompts.render("revise",
                                          {{"things", plural_of(level)},
                                           {"about", task_.about},
                                           {"current", set_text(shown(current_), level)},
                                           {"rules", rules_text(voice_, task_.rules)},
                                           {"format", voice_.format("revision", label_of(level))}}),
                    static_cast<std::uint32_t>(rounds_.size() - 1));
}

base::Status QualityGate::take(const std::string& reply) {
  if (choosing_) {
    take_choice(reply);
  } else {
    take_revision(reply);
  }
  return {};
}

void QualityGate::take_revision(const std::string& reply) {
  Parsed<Revision> revision = parse_revision(reply, task_.rules.level, voice_.form);
  const std::optional<std::string> wrong =
      revision ? complaint_about(revision->nodes, task_.rules) : std::optional(revision.error());
  if (wrong) {
    count_malformed();
    if (exchange_.ask_again(voice_.prompts, reply, *wrong)) {
      return;
    }
  }
  revised_ = revision ? kept_of(revision->nodes, task_.rules) : NodeSet();
  if (revised_.empty()) {
    end_round(GateChoice::kUnusable);
    return;
  }
  for (const NodeDraft& node : revised_) {
    rounds_.back().revised.push_back(node.name);
  }
  rounds_.back().critique = cut_short(std::move(revision->justification));
  if (same_nodes(current_, revised_, task_.rules.level)) {
    end_round(GateChoice::kSame);
    return;
  }
  begin_choice();
}

void QualityGate::begin_choice() {
  const Level level = task_.rules.level;
  rounds_.back().revised_first = random_.below(2) == 0;
  const std::string current = set_text(shown(current_), level);
  const std::string revised = set_text(shown(revised_), level);
  const bool swapped = rounds_.back().revised_first;
  choosing_ = true;
  exchange_ = Exchange(voice_.ask(Role::kChoose,
                                  voice_.prompts.render("choose",
                                                        {{"things", plural_of(level)},
                                                         {"about", task_.about},
                                                         {"set_a", swapped ? revised : current},
                                                         {"set_b", swapped ? current : revised},
                                                         {"rules", rules_text(voice_, task_.rules)},
                                                         {"format", voice_.format("choice")}}),
                                  static_cast<std::uint32_t>(rounds_.size() - 1)));
}

void QualityGate::take_choice(const std::string& reply) {
  Parsed<Choice> choice = parse_choice(reply, voice_.form);
  if (!choice) {
    count_malformed();
    if (!exchange_.ask_again(voice_.prompts, reply, choice.error())) {
      end_round(GateChoice::kUnusable);
    }
    return;
  }
  rounds_.back().reason = cut_short(std::move(choice->justification));
  const bool chose_first = choice->side == Side::kA;
  end_round(chose_first == rounds_.back().revised_first ? GateChoice::kRevised
                                                        : GateChoice::kCurrent);
}

void QualityGate::end_round(GateChoice choice) {
  rounds_.back().choice = choice;
  if (choice == GateChoice::kRevised) {
    current_ = std::move(revised_);
    stable_ = 0;
  } else {
    ++stable_;
  }
  done_ = stable_ >= rules_.stable_rounds || rounds_.size() >= rules_.max_rounds;
  if (!done_) {
    begin_round();
  }
}

}  // namespace wend::synth
