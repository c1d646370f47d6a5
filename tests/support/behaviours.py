# SPDX-License-Identifier: Apache-2.0
"""What the scripted upstream does with a request: a behaviour is a line of text, its steps are bytes and waits.

    answer text="two words" events=3 gap=0.01      a good answer: JSON, or SSE where the request says "stream": true
    answer tool=clock arguments='{"zone":"UTC"}'   a tool call
    answer broken=stall at=2                       a good answer that goes wrong after two pieces of its body
    status code=429 retry_after=2                  an error in OpenAI's shape
    raw data="HTTP/1.1 200 OK\\r\\n..."             these bytes and nothing else
    generate children=3 bad=0.1                    what a generator of questions writes: fake_generator.py
    replay file=tests/live/exchanges/tools.json    what a real upstream once answered, piece by piece, with short waits
    judge form=tenths mumbles=1                    plays the judge of prompts/judge.txt: 1 where the answer holds the reference, else
                                                   0, as decimal (default), tenths, percent or words; the first replies of each
                                                   chat, as many as it mumbles, hold no score. Beside these the options of `answer`

Options of `answer`:
    text prompt_tokens completion_tokens tool arguments
                    what it says; by default a text that depends on the model and the prompt alone
    events          pieces of its body (default 3; a stream: events with text, besides first, finish, usage and [DONE])
    usage=always|never|asked            whether a stream tells its usage (default: when asked by stream_options)
    done=no         a stream without [DONE]
    after gap       seconds before the head, and between pieces
    framing=chunked|length|close        how the body is framed (default: chunked for streams, else length)
    gated=yes       each byte of the body is sent alone, when the test permits it (a chunk each, and the last chunk, where chunked)
    broken, at      what happens after `at` pieces of the body: reset, close, stall, half_chunk (a chunk that is cut),
                    bad_chunk (a size that is none), drip (one byte a second), flood (bytes without end),
                    error (an SSE error event, then the end); at=head: before the head
    wrong_length    above 0: the Content-Length says so much more than the body has; below 0: so many bytes come behind the body
    cut_json        leaves so many bytes of the JSON away, with a Content-Length that agrees
    type            another content type (text/html), with the text as the body
    big_header      a header of so many bytes
    closes          after the answer: `idle` closes the kept connection after 20 ms, `next` resets it as soon as the
                    next request comes in on it, `says` announces it (Connection: close)
    choose mumbles=1 full=yes                      plays the labeller of prompts/annotate.txt: of the options that it is shown it
                                                   chooses those that the request names, level by level, in [[a / b: 60 ; c: 40]];
                                                   full: by their full names, a > b
    pick mumbles=1 garbles=WORD                    plays the chooser of prompts/prompt_llm.txt: the first model of the list where cost
                                                   counts most, the last where quality does, else the second; the first replies of
                                                   each chat, as many as it mumbles, and all about a request with WORD in it, name two
    describe mumbles=1 garbles=WORD                plays the describer of prompts/describe.txt and the namer of prompts/name_task.txt: what
                                                   task a request sets goes by its first two words; a name by the words of the first
                                                   description; the first replies of each chat, as many as it mumbles, and all about
                                                   a request with WORD in it, are neither
"""

import base64
import dataclasses
import email.utils
import hashlib
import json
import pathlib
import shlex
import time

import fake_generator
from http_bytes import LAST_CHUNK, chunk, head

LONGEST_REPLAYED_WAIT = 0.005


@dataclasses.dataclass(frozen=True)
class Send:
    data: bytes


@dataclasses.dataclass(frozen=True)
class Gated:
    """Each piece waits for a permit."""

    pieces: tuple


@dataclasses.dataclass(frozen=True)
class Wait:
    seconds: float


@dataclasses.dataclass(frozen=True)
class Flood:
    """Sends this again and again until the peer goes, at most `limit` bytes."""

    data: bytes
    limit: int = 1 << 30


@dataclasses.dataclass(frozen=True)
class Stall:
    """Nothing more, until the peer goes."""


@dataclasses.dataclass(frozen=True)
class Reset:
    """The connection ends with RST."""


@dataclasses.dataclass(frozen=True)
class Close:
    """The connection ends with FIN."""


@dataclasses.dataclass(frozen=True)
class ResetAtNext:
    """The connection ends with RST when its next request comes in."""


def parse(line):
    """'status code=503' as (name, options)."""
    name, *rest = shlex.split(line)
    if name not in BEHAVIOURS:
        raise ValueError(f"unknown behaviour '{name}'; expected one of {', '.join(BEHAVIOURS)}")
    return name, dict(word.split("=", 1) for word in rest)


def steps(line, request):
    """What to do, for a request's JSON (a dict; empty where the body was none)."""
    name, options = parse(line)
    return BEHAVIOURS[name](request, **options)


def prompt_of(request):
    messages = request.get("messages")
    content = messages[-1].get("content") if isinstance(messages, list) and messages else ""
    return content if isinstance(content, str) else json.dumps(content)


def default_text(request):
    """The same request gets the same words, another one others; `[[say: x]]` in the prompt says them itself."""
    prompt = prompt_of(request)
    if "[[say:" in prompt:
        return prompt.split("[[say:", 1)[1].split("]]", 1)[0].strip()
    digest = hashlib.sha256(f"{request.get('model')}\n{prompt}".encode()).hexdigest()[:8]
    return f"{request.get('model')} answers {digest}"


def _envelope(request, kind, choice):
    return {"id": "chatcmpl-fake", "object": kind, "created": 1700000000, "model": request.get("model"), "choices": [choice]}


def _usage(prompt_tokens, completion_tokens):
    return {"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens}


def _dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _tool_calls(tool, arguments):
    return [{"index": 0, "id": "call_fake", "type": "function", "function": {"name": tool, "arguments": arguments}}]


def _whole(request, text, tool, arguments, usage):
    message = {"role": "assistant", "content": None if tool else text}
    if tool:
        message["tool_calls"] = _tool_calls(tool, arguments)
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if tool else "stop"}
    return _dump({**_envelope(request, "chat.completion", choice), "usage": usage}).encode()


def _pieces(data, count):
    size = max(1, -(-len(data) // count))
    return [data[i : i + size] for i in range(0, len(data), size)]


def _event(value):
    return f"data: {value if isinstance(value, str) else _dump(value)}\n\n".encode()


def _deltas(text, tool, arguments, count):
    if not tool:
        return [{"content": piece} for piece in _pieces(text, count)]
    cut = [_tool_calls(tool, "")] + [[{"index": 0, "function": {"arguments": part}}] for part in _pieces(arguments, count)]
    return [{"tool_calls": calls} for calls in cut]


def _stream(request, deltas, finish, usage, done):
    """The events of a stream, each as bytes."""
    def of(delta, reason=None):
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return _event(_envelope(request, "chat.completion.chunk", choice))

    events = [of({"role": "assistant", "content": ""}), *map(of, deltas), of({}, finish)]
    if usage:
        events.append(_event({**_envelope(request, "chat.completion.chunk", None), "choices": [], "usage": usage}))
    return events + ([_event("[DONE]")] if done else [])


BROKEN = {
    "reset": [Wait(0.03), Reset()],
    "close": [Close()],
    "stall": [Stall()],
    "half_chunk": [Send(b"40\r\ndata: {"), Wait(0.02), Close()],
    "bad_chunk": [Send(b"zz\r\nno size\r\n"), Wait(0.02), Close()],
    "error": [Send(chunk(_event({"error": {"message": "scripted", "type": "server_error", "code": None}}))), Send(LAST_CHUNK)],
}


def _rest(broken, pieces, frame):
    """What a body that goes wrong does instead of its other pieces."""
    if broken == "drip":
        return [step for byte in b"".join(pieces) for step in (Wait(1.0), Send(frame(bytes([byte]))))]
    if broken == "flood":
        return [Flood(frame(b": endless\n\n" * 1000))]
    return BROKEN[broken]


def answer(request, text=None, prompt_tokens=7, completion_tokens=5, tool=None, arguments="{}", events=3, usage="asked",
           done="yes", after=0, gap=0, framing=None, gated=None, broken=None, at=0, wrong_length=0, cut_json=0, type=None,
           big_header=0, closes=None):
    """See the head of this file. Values may be text, as a line has them."""
    streamed = bool(request.get("stream")) and type is None
    text = default_text(request) if text is None else text
    told = _usage(int(prompt_tokens), int(completion_tokens))
    if type is not None:
        pieces = _pieces(text.encode(), int(events))
    elif streamed:
        asked = (request.get("stream_options") or {}).get("include_usage")
        tells = told if usage == "always" or (usage == "asked" and asked) else None
        pieces = _stream(request, _deltas(text, tool, arguments, int(events)), "tool_calls" if tool else "stop", tells,
                         done == "yes")
    else:
        whole = _whole(request, text, tool, arguments, told)
        pieces = _pieces(whole[: len(whole) - int(cut_json)], int(events))

    framing = framing or ("chunked" if streamed or broken in ("half_chunk", "bad_chunk", "flood") else "length")
    headers = [("Content-Type", type or ("text/event-stream" if streamed else "application/json"))]
    if int(big_header):
        headers.append(("X-Big", "x" * int(big_header)))
    if framing == "chunked":
        headers.append(("Transfer-Encoding", "chunked"))
    elif framing == "length":
        headers.append(("Content-Length", sum(map(len, pieces)) + max(0, int(wrong_length))))
    if closes == "says" or framing == "close":
        headers.append(("Connection", "close"))
    frame = chunk if framing == "chunked" else bytes

    found = [Wait(float(after))] if float(after) else []
    if at == "head":
        return found + BROKEN[broken]
    found.append(Send(head(200, headers)))
    if gated == "yes":
        last = (LAST_CHUNK,) if framing == "chunked" else ()
        return found + [Gated(tuple(frame(bytes([b])) for b in b"".join(pieces)) + last)] + _end("sent", wrong_length, closes)
    sent = pieces[: int(at)] if broken else pieces
    for piece in sent:
        found += [Send(frame(piece))] + ([Wait(float(gap))] if float(gap) else [])
    if broken:
        return found + _rest(broken, pieces[int(at):], frame)
    return found + _end(framing, wrong_length, closes)


def _end(framing, wrong_length, closes):
    found = [Send(LAST_CHUNK)] if framing == "chunked" else []
    if int(wrong_length) < 0:
        found.append(Send(b"#" * -int(wrong_length)))
    if int(wrong_length) > 0 or framing == "close" or closes == "says":
        return found + [Wait(0.02), Close()]
    return found + {"idle": [Wait(0.02), Close()], "next": [ResetAtNext()]}.get(closes, [])


def status(request, code=500, message="scripted", retry_after=None, retry_date=None, after=0):
    """An error in OpenAI's shape. retry_date: Retry-After as a date so many seconds from now."""
    del request
    body = _dump({"error": {"message": message, "type": "scripted_error", "param": None, "code": f"scripted_{code}"}}).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", len(body))]
    if retry_after is not None:
        headers.append(("Retry-After", retry_after))
    if retry_date is not None:
        headers.append(("Retry-After", email.utils.formatdate(time.time() + float(retry_date), usegmt=True)))
    wait = [Wait(float(after))] if float(after) else []
    return wait + [Send(head(int(code), headers) + body)]


def judge(request, form="decimal", mumbles=0, **options):
    """See the head of this file."""
    messages = request.get("messages") or [{"content": ""}]
    if len(messages) // 2 < int(mumbles):
        return answer(request, text="A fine answer.", **options)
    asked = messages[0]["content"]
    reference = asked.rsplit("----- reference\n", 1)[-1].split("\n----- answer\n", 1)[0]
    said = asked.rsplit("\n----- answer\n", 1)[-1].rsplit("\n-----\n", 1)[0]
    score = float(reference in said)
    forms = {"decimal": f"{score:.2f}", "tenths": f"{score * 10:.0f}/10", "percent": f"{score * 100:.0f} %",
             "words": f"Score: {score} because I say so."}
    return answer(request, text=forms[form], **options)


def choose(request, mumbles=0, full="no", **options):
    """See the head of this file."""
    messages = request.get("messages") or [{"content": ""}]
    if len(messages) // 2 < int(mumbles):
        return answer(request, text="The choice is not an easy one.", **options)
    asked, _, shown = messages[0]["content"].partition("\n-----\n\n")
    wanted = [[option.strip() for option in level.split(";")] for level in
              asked.rsplit("[[", 1)[-1].partition("]]")[0].split(" / ")]
    shares = {name: share for level in wanted for name, _, share in [_split_share(option) for option in level]}
    if full == "yes":
        shares = {" > ".join(level[0] for level in wanted): ""}
    found = []
    for line in shown.splitlines():
        label, dot, option = line.partition(". ")
        name = next((n for n in shares if option == n or option.startswith(n + ": ")), None)
        if dot and name is not None:
            found.append(label + (f": {shares[name]} %" if shares[name] else ""))
    last = [line for line in shown.splitlines() if ". none of these" in line]
    return answer(request, text="\n".join(found) or last[0].partition(".")[0], **options)


def _split_share(option):
    name, colon, share = option.rpartition(": ")
    return (name, colon, share) if share.isdigit() else (option, "", "")


def pick(request, mumbles=0, garbles=None, **options):
    """See the head of this file."""
    messages = request.get("messages") or [{"content": ""}]
    asked, _, shown = messages[0]["content"].partition("\n-----\n\n")
    names = [line[2:].partition(";")[0] for line in shown.splitlines() if line.startswith("- ")] or ["nobody"]
    if len(messages) // 2 < int(mumbles) or (garbles and garbles in asked.partition("----- request")[2]):
        return answer(request, text=f"{names[0]}, or rather {names[-1]}?", **options)
    place = 0 if "weight 0.2, cost" in shown else -1 if "weight 0.8, cost" in shown else 1
    return answer(request, text=f"**{names[min(place, len(names) - 1)]}**", **options)


def describe(request, mumbles=0, garbles=None, **options):
    """See the head of this file."""
    messages = request.get("messages") or [{"content": ""}]
    asked = messages[0]["content"]
    shown = asked.partition("Request:\n")[2] or asked.partition("\n\n")[2]
    if len(messages) // 2 < int(mumbles) or (garbles and garbles in shown):
        return answer(request, text="Why?", **options)
    words = shown.split()
    if '"Name:"' in asked:
        kind = next((word.strip(".") for word in words if word.endswith("-like.")), "any")
        return answer(request, text=f"Name: {kind} requests\nDefinition: Requests that are {kind}.", **options)
    return answer(request, text=f"This is a task of the kind that is {'-'.join(words[:2]).lower()}-like.", **options)


def raw(request, data=""):
    """Bytes as a Python literal has them; the connection ends behind them."""
    del request
    return [Send(data.encode().decode("unicode_escape").encode("latin-1")), Wait(0.02), Close()]


def replay(request, file=None):
    """The pieces of an exchange that tests/live/recorder.py kept."""
    del request
    pieces = json.loads(pathlib.Path(file).read_text(encoding="utf-8"))["answer"]
    return [step for piece in pieces for step in (Wait(min(piece["after"], LONGEST_REPLAYED_WAIT)), Send(recorded_bytes(piece)))]


def recorded_bytes(piece):
    """Text where the piece is UTF-8, base64 where it is cut inside a character."""
    return piece["text"].encode() if "text" in piece else base64.b64decode(piece["base64"])


def generate(request, after=0, children="2", change="0.3", bad="0", revised="0.5"):
    """What the generator of `wend synth` writes (fake_generator.play)."""
    text = fake_generator.play(request, children, change, bad, revised)
    return answer(request, text=text, prompt_tokens=len(prompt_of(request)) // 4, completion_tokens=len(text) // 4, after=after)


BEHAVIOURS = {"answer": answer, "generate": generate, "judge": judge, "choose": choose, "pick": pick, "describe": describe, "status": status, "raw": raw,
              "replay": replay}


def is_billed(line):
    """Whether the upstream has done the work of an answer."""
    return parse(line)[0] in ("answer", "generate", "judge", "choose", "pick", "describe")
