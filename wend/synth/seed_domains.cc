// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/seed_domains.h"

namespace wend::synth {

const NodeSet& seed_domains() {
  static const NodeSet kDomains = {
      {"Mathematics",
       "Problems that are solved by calculating or proving, from sums to algebra, geometry, "
       "probability and calculus.",
       "A train covers 180 km in 2 hours and 15 minutes. What is its mean speed?"},
      {"Creative Writing",
       "Texts that are invented: stories, poems, dialogues, slogans and descriptions in a wanted "
       "style.",
       "Write a short poem about the last tram of the night."},
      {"Commonsense Knowledge",
       "Questions about how everyday things, people and events work, which need no study.",
       "Why do people open an umbrella before they step outside?"},
      {"Programming",
       "Writing, explaining, testing and repairing code, and choosing how software is built.",
       "Write a Python function that returns the second largest number of a list."},
      {"Long-context Understanding",
       "Tasks over long documents or conversations, where what matters stands far apart.",
       "Here are the minutes of three meetings. Which decision of the first was taken back later?"},
      {"Reading Comprehension",
       "Questions that are answered from a short passage which is given with them.",
       "Read the paragraph about bees below. What do they do when it rains?"}};
  return kDomains;
}

}  // namespace wend::synth
