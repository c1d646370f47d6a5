// SPDX-License-Identifier: Apache-2.0
#include "wend/base/check.h"
#include "wend/trips/find_tasks.h"

namespace wend::trips {
namespace {

core::TaskNode kind(const char* id, const char* name, const char* definition) {
  core::TaskNode node;
  node.id = id;
  node.name = name;
  node.definition = definition;
  return node;
}

core::Taxonomy build() {
  std::vector<core::TaskNode> kinds;
  kinds.push_back(kind("open-qa",
                       "open question answering",
                       "a question of knowledge or reasoning, answered without a text to look in"));
  kinds.push_back(kind("closed-qa",
                       "closed question answering",
                       "a question about a passage that stands in the prompt"));
  kinds.push_back(
      kind("summarization", "summarization", "a long text is to be told again in few words"));
  kinds.push_back(kind("text-generation",
                       "text generation",
                       "a story, an article, a letter or another text is to be written"));
  kinds.push_back(kind("code-generation",
                       "code generation",
                       "a program or a function is to be written, completed or mended"));
  kinds.push_back(kind("chatbot", "chat", "small talk, or a role to be played in a conversation"));
  kinds.push_back(kind("classification",
                       "classification",
                       "a text or a thing is to be put into one of several categories"));
  kinds.push_back(kind(
      "rewrite", "rewriting", "a given text is to be put into another style, tone or language"));
  kinds.push_back(
      kind("brainstorming", "brainstorming", "ideas, names or suggestions are to be collected"));
  kinds.push_back(kind("extraction",
                       "extraction",
                       "names, dates, facts or fields are to be picked out of a given text"));
  kinds.push_back(kind("other", "other", "a request that is none of the usual kinds"));
  auto taxonomy = core::Taxonomy::build(std::move(kinds));
  CHECK(taxonomy, "{}", taxonomy.error().message);
  return *std::move(taxonomy);
}

}  // namespace

const core::Taxonomy& coarse_kinds() {
  static const core::Taxonomy kKinds = build();
  return kKinds;
}

}  // namespace wend::trips
