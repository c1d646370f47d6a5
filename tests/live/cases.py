# SPDX-License-Identifier: Apache-2.0
"""What is asked of the real models: {name: (expected status, body of POST /v1/chat/completions)}. Greedy and short."""

WEATHER = [{"type": "function", "function": {
    "name": "weather", "description": "The weather of a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]
SCHEMA = {"type": "json_schema", "json_schema": {"name": "person", "schema": {
    "type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}, "required": ["name", "age"]}}}
USAGE = {"stream": True, "stream_options": {"include_usage": True}}


def chat(model, prompt, max_tokens=24, **more):
    """A body."""
    return {"model": model, "messages": [{"role": "user", "content": prompt}], "max_tokens": max_tokens, "temperature": 0,
            "cache_prompt": False, **more}


CASES = {
    "chat_small": (200, chat("small", "Say hello.")),
    "chat_large": (200, chat("large", "What is 17 + 26?")),
    "chat_auto": (200, chat("auto:quality", "Which river flows through Cairo?")),
    "stream_small": (200, chat("small", "Count to five.", **USAGE)),
    "stream_large": (200, chat("large", "Name three rivers of South America, one a line.", **USAGE)),
    "stream_without_usage": (200, chat("large", "Name a colour.", stream=True)),
    "stream_accents": (200, chat("large", "Repeat exactly: Ça va, naïve café, 東京, 🙂", 40, **USAGE)),
    "stream_cut_by_max_tokens": (200, chat("large", "Tell me a long story.", 8, **USAGE)),
    "tools": (200, chat("large", "What is the weather in Paris?", 24, tools=WEATHER, tool_choice="required")),
    "tools_stream": (200, chat("large", "What is the weather in Oslo?", 24, tools=WEATHER, tool_choice="required", **USAGE)),
    "response_format": (200, chat("large", "Ann is 31 years old. Give her as JSON.", 48, response_format=SCHEMA)),
    "logprobs": (200, chat("large", "Say yes.", 4, logprobs=True, top_logprobs=2)),
    "refused_by_the_upstream": (400, chat("large", "Say yes.", 4, grammar="root ::= (")),
}
