// SPDX-License-Identifier: Apache-2.0
// A chat request: any bytes are refused, or spliced to the same document but for the model, the
// block of ours and the usage asked for. What is refused as no JSON is no JSON for another parser
// either, and the other way round.
// needs: llm
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "wend/llm/wire_escape.h"
#include "wend/llm/wire_request.h"
#include "wend/llm/wire_splice.h"

namespace {

using nlohmann::json;
using namespace wend::llm;

void demand(bool condition) {
  if (!condition) {
    std::abort();
  }
}

/// What the other parser makes of a text: it reads no number that a double cannot hold, skips a
/// byte order mark, and ends at a NUL.
struct Opinion {
  bool counts = true;
  json document = json::value_t::discarded;
};

Opinion opinion_of(const std::string& text) {
  Opinion opinion;
  opinion.counts = !text.starts_with("\xEF\xBB\xBF") && text.find('\0') == std::string::npos;
  try {
    opinion.document = json::parse(text);
  } catch (const json::out_of_range&) {
    opinion.counts = false;
  } catch (const json::exception&) {
    opinion.document = json::value_t::discarded;
  }
  return opinion;
}

void check_splice(const std::string& body, const ChatView& view, UsageChunk usage) {
  const std::string model = "new/\"m\\odel";
  const std::string result = splice(body, view, json_literal(model), usage).joined();
  Opinion before = opinion_of(body);
  const Opinion after = opinion_of(result);
  std::string again = result;
  const auto second = parse_chat(again, ModelField::kOptional);
  demand(second.has_value() && second->conversation == view.conversation &&
         second->wend_cut.empty());
  if (!before.counts || !after.counts) {
    return;
  }
  demand(!before.document.is_discarded() && !after.document.is_discarded());
  before.document.erase("wend");
  if (!view.model_range.empty()) {
    before.document["model"] = model;
  }
  if (usage == UsageChunk::kAskFor) {
    before.document["stream_options"]["include_usage"] = true;
  }
  demand(before.document == after.document);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string original(reinterpret_cast<const char*>(data), size);
  std::string body = original;
  const auto view = parse_chat(body, ModelField::kOptional);
  demand(body == original);
  if (view) {
    check_splice(body, *view, UsageChunk::kAsTheCallerSaid);
    check_splice(body, *view, UsageChunk::kAskFor);
    return 0;
  }
  demand(!view.error().message.empty() && view.error().message.back() == '.');
  if (view.error().code == "invalid_json") {
    const Opinion opinion = opinion_of(body);
    demand(!opinion.counts || !opinion.document.is_object());
  }
  return 0;
}
