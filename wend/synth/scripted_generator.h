// SPDX-License-Identifier: Apache-2.0
// A generator by script, for tests: what it says depends on the question alone.
#pragma once

#include <string>

#include "wend/base/hash.h"
#include "wend/llm/chat.h"
#include "wend/synth/node_set.h"

namespace wend::synth {

struct ScriptedGenerator {
  std::size_t children = 2;  ///< Of every node.
  std::size_t pairs = 4;     ///< Of every batch.
  std::string refuses;       ///< Where a prompt has this text, the reply cannot be used.

  std::string reply_to(const std::vector<llm::ChatMessage>& messages) const {
    const std::string& prompt = messages.at(1).content;
    if (!refuses.empty() && prompt.find(refuses) != std::string::npos) {
      return "I would rather not.";
    }
    const std::string mark = base::sha256_hex(prompt).substr(0, 8);
    for (const Level level : {Level::kDomain, Level::kSubcategory, Level::kDifficulty}) {
      const std::string line = std::string(label_of(level)) + ": [a short name]";
      if (prompt.find(line) == std::string::npos) {
        continue;
      }
      const bool revises = prompt.find("<revision node begin>") != std::string::npos;
      const std::string word = revises ? "revision " : "";
      return "<" + word + "node begin>\n" + (revises ? shown_set(prompt) : new_set(level, mark)) +
             "\n</" + word + "node end>";
    }
    if (prompt.find("<preferred set>") != std::string::npos) {
      return "<preferred set>\nSet A\n</preferred set>";
    }
    std::string text = "<qa_pairs begin>\n";
    for (std::size_t i = 0; i < pairs; ++i) {
      const std::string name = mark + std::to_string(i);
      text += "Q: what is " + name + "\nA: it is " + name + "\n\n";
    }
    return text + "</qa_pairs end>";
  }

 private:
  std::string new_set(Level level, const std::string& mark) const {
    NodeSet set;
    for (std::size_t i = 0; i < children; ++i) {
      const std::string name = std::string(label_of(level)) + " " + std::to_string(i + 1);
      set.push_back({name, "definition " + mark, "example " + mark});
    }
    return set_text(set, level);
  }

  /// The set that a reviser is shown, as it stands.
  static std::string shown_set(const std::string& prompt) {
    const std::string begin = "The set:\n";
    const std::size_t from = prompt.find(begin) + begin.size();
    return prompt.substr(from, prompt.find("\n\nRules:") - from);
  }
};

}  // namespace wend::synth
