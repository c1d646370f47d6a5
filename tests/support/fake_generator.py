# SPDX-License-Identifier: Apache-2.0
"""A model that plays the generator of `wend synth`: it sees from a request what is asked for and in which form, and writes it.

What it says depends on the messages alone, so the same question gets the same reply wherever and whenever it is asked. The
request's `response_format` decides between JSON and markers, as it does with a real upstream.
"""

import hashlib
import json
import random
import re

TOPICS = ("Gardens", "Railways", "Kitchens", "Harbours", "Theatres", "Glaciers", "Markets", "Orchestras", "Bridges", "Beehives",
          "Libraries", "Volcanoes", "Bicycles", "Lighthouses", "Vineyards", "Museums")
LEVELS = ("Easy", "Medium", "Hard", "Expert", "Extreme")
WHO = ("baker", "sailor", "physicist", "violinist", "goalkeeper", "nurse", "beekeeper", "pilot", "judge", "carpenter", "diver",
       "farmer", "poet", "locksmith", "tailor", "astronomer", "plumber", "archivist", "chemist", "juggler")
DOES = ("paint", "measure", "forget", "repair", "translate", "weigh", "bury", "sell", "photograph", "count", "freeze", "sharpen",
        "describe", "borrow", "hide", "polish", "draw", "compare", "melt", "juggle")
WHAT = ("an umbrella", "seven turnips", "the moon's shadow", "a broken clock", "the old treaty", "a jar of honey", "two prime numbers",
        "a wooden leg", "the tax return", "a cello string", "an iceberg", "the goat's bell", "a railway ticket", "some gravel",
        "the third violin", "a password", "a snowflake", "the queue of tasks", "a marble statue", "an electron")
WHERE = ("in Lisbon", "under water", "at midnight", "on a glacier", "in a lift", "during an eclipse", "on stage", "in court",
         "behind the bakery", "at the airport", "in the desert", "on a submarine", "after the flood", "in zero gravity")


def _node(chance, name):
    return {"name": name, "definition": f"What has to do with {name.lower()} and their {chance.choice(WHO)}.",
            "example": f"How would a {chance.choice(WHO)} {chance.choice(DOES)} {chance.choice(WHAT)}?"}


def _names(chance, label, prompt, count):
    if label == "Level":
        return LEVELS[:count]
    free = [topic for topic in TOPICS if topic not in prompt]
    return chance.sample(free, count)


def _cap(prompt):
    return int(re.search(r"at most (\d+)", prompt).group(1))


def _set_of(prompt, heading):
    """The nodes of a set that a prompt shows under a heading."""
    text = prompt.split(heading, 1)[1].split("\n\nRules:", 1)[0].split("\n\nSet B:", 1)[0]
    found = re.findall(r"^(?:Domain|Subcategory|Level): (.*)\nDefinition: (.*)\nExample: (.*)$", text, re.M)
    return [dict(zip(("name", "definition", "example"), node)) for node in found]


def _pair(chance):
    who, does, what, where = chance.choice(WHO), chance.choice(DOES), chance.choice(WHAT), chance.choice(WHERE)
    opening = chance.choice(("Why would", "When should", "How often does", "In which year did", "With what tools can"))
    return {"question": f"{opening} a {who} {does} {what} {where}?",
            "answer": f"Because {chance.choice(WHAT)} is kept by a {chance.choice(WHO)}: FAQ: {chance.randint(1, 999)}."}


def _marked_nodes(nodes, label, word):
    text = "\n".join(f"{label}: {n['name']}\nDefinition: {n['definition']}\nExample: {n['example']}" for n in nodes)
    return f"<{word}node begin>\n{text}\n</{word}node end>"


def _label(prompt):
    """Of the set that is asked for: the prompt's form names it."""
    return re.search(r"\b(Domain|Subcategory|Level): \[a short name\]|is one (Domain|Subcategory|Level)\.", prompt)


def play(request, children="2", change="0.3", bad="0", revised="0.5"):
    """The reply's text. children: nodes of a set, where the cap allows; change: share of revisions that change something; revised:
    share of choices that take the revision; bad: share of replies (to a first asking) that break the form."""
    messages = request.get("messages", [])
    prompt = next((message["content"] for message in messages if message["role"] == "user"), "")
    digest = hashlib.sha256(json.dumps(messages).encode()).digest()
    chance = random.Random(digest)
    form = request.get("response_format", {}).get("json_schema", {}).get("name")
    if sum(message["role"] == "user" for message in messages) == 1 and chance.random() < float(bad):
        return chance.choice(("I am sorry, but I cannot do that.", "<node begin>\n</node end>", '{"nodes":[]}',
                              "<qa_pairs begin>\nQ: Why?\nQ: And how?\nA: So.\n</qa_pairs end>", "Set B, not A", ""))
    found = _label(prompt)
    label = (found.group(1) or found.group(2)) if found else None
    if form == "nodes" or (label and "<node begin>" in prompt):
        nodes = [_node(chance, name) for name in _names(chance, label, prompt, min(_cap(prompt), int(children)))]
        return json.dumps({"nodes": nodes}) if form else "Here they are.\n" + _marked_nodes(nodes, label, "")
    if form == "revision" or "<revision node begin>" in prompt:
        nodes = _set_of(prompt, "The set:\n")
        if chance.random() < float(change):
            nodes[chance.randrange(len(nodes))]["definition"] = f"Revised: whatever a {chance.choice(WHO)} asks about."
        why = "One of them was vague."
        return (json.dumps({"justification": why, "nodes": nodes}) if form
                else f"<justification>\n{why}\n</justification>\n{_marked_nodes(nodes, label, 'revision ')}")
    if form == "choice" or "<preferred set>" in prompt:
        side = _preferred(prompt, chance, float(revised))
        return (json.dumps({"justification": "It is clearer.", "preferred": side}) if form
                else f"<justification>\nIt is clearer.\n</justification>\n<preferred set>\nSet {side}\n</preferred set>")
    if form == "verdict" or "<verdict>" in prompt:
        word = "right" if chance.random() < 0.8 else "wrong"
        return (json.dumps({"justification": "I looked.", "verdict": word}) if form
                else f"<justification>\nI looked.\n</justification>\n<verdict>\n{word}\n</verdict>")
    if "The last line of your reply" in prompt:
        return f"Let me see.\nAnswer: {chance.randint(1, 9)}"
    wanted = re.search(r"Write (\d+) different", prompt)
    if not wanted:
        return "That is no question of mine."
    pairs = [_pair(chance) for _ in range(int(wanted.group(1)))]
    if form == "pairs":
        return json.dumps({"pairs": pairs})
    text = "\n\n".join(f"Q: {pair['question']}\nA: {pair['answer']}" for pair in pairs)
    return f"<qa_pairs begin>\n{text}\n</qa_pairs end>"


def _preferred(prompt, chance, revised):
    """The side of the set with more revised definitions, in that share of cases."""
    a, b = (sum(node["definition"].startswith("Revised") for node in _set_of(prompt, heading)) for heading in ("Set A:\n", "Set B:\n"))
    if a == b:
        return chance.choice("AB")
    return ("A" if a > b else "B") if chance.random() < revised else ("B" if a > b else "A")
