"""The questions that a declaration asks, in plain words, each only when it still matters.

What was answered is a mapping of question keys to values. `next_question` looks at it and says
what to ask next; `declared` makes the declaration's plain tree of it. So going back is taking
the last answer away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from checkthegate.declaration.hints import nearest
from checkthegate.declaration.wordings import (
    CHANGES,
    EFFECTS,
    ENVIRONMENTS,
    EXEMPTIONS,
    INPUTS,
    KEEPING,
    OUTPUTS,
    PROMINENCES,
    PURPOSES,
    REFERENCES,
    SCOPES,
    TRAINED_ON,
    YES_NO,
)

Given = Mapping[str, Any]
UNSURE: Final = "unsure"
_MOST_ENTRIES: Final = 20
_UNSURE: Final = frozenset({UNSURE, "?", "not sure", "maybe", "don't know", "don’t know", "u"})
_NEEDED: Final = "This one cannot be left open. Pick what comes nearest."
_EMPTY: Final = "This cannot be left empty. A few words are enough."
_FREE_INPUTS: Final = frozenset({"public", "own", "licensed"})


class NotUnderstood(Exception):
    """The answer is none of those the question offers; the message says what is."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Without `choices` the answer is free text.

    `several` allows more than one choice. `left` is what leaving it open (Enter) means; None
    when it must be answered.
    """

    key: str
    text: str
    example: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    several: bool = False
    left: str | None = UNSURE

    def understood(self, answer: str) -> Any:
        """The value of an answer: a text, a word, or a list of words. Raises `NotUnderstood`."""
        text = " ".join(answer.split())
        if not text or (self.choices and text.casefold() in _UNSURE):
            if self.left is None:
                raise NotUnderstood(_NEEDED if self.choices else _EMPTY)
            return self.left if self.choices else ""
        if not self.choices:
            return text[:500]
        if not self.several:
            return self._choice(text)
        picked = [self._choice(part) for part in self._parts(text)]
        if "none" in picked and len(picked) > 1:
            raise NotUnderstood("“None” cannot stand beside something else.")
        return list(dict.fromkeys(word for word in picked if word != "none"))

    def _parts(self, text: str) -> list[str]:
        if "," in text or ";" in text:
            return [part for part in text.replace(";", ",").split(",") if part.strip()]
        whole = text.casefold().replace(" ", "-")
        return [text] if any(whole == word for word, _ in self.choices) else text.split()

    def _choice(self, text: str) -> str:
        words = [word for word, _ in self.choices]
        text = text.strip()
        if text.isdecimal():
            if 0 < int(text[:4]) <= len(words):
                return words[int(text) - 1]
            raise NotUnderstood(f"There is no number {text[:4]} here. Pick 1 to {len(words)}.")
        exact = text.casefold().replace(" ", "-")
        starting = [each for each in words if each.startswith(exact)]
        if exact in words or len(starting) == 1:
            return exact if exact in words else starting[0]
        word = nearest(text, words)
        meant = f" Did you mean “{word}”?" if word else ""
        raise NotUnderstood(f"“{text[:40]}” is not one of the answers.{meant}")


def next_question(given: Given) -> Question | None:
    """The first question that matters and has no answer yet; None when all is said."""
    return next((each for each in _questions(given) if each.key not in given), None)


def declared(given: Given) -> dict[str, Any]:
    """The declaration's plain tree. What was left unsure is left out or says `unsure`."""
    asked = {each.key for each in _questions(given)}
    said = {key: value for key, value in given.items() if key in asked}
    stated: dict[str, Any] = {"title": said.get("title"), "purpose": said.get("purpose")}
    stated["outputs"] = said.get("outputs", [])
    stated["tools"] = [_step(said, f"tools.{n}") for n in _numbers(said, "tools")]
    for name in ("final", "prominence", "human_contribution", "imitates", "union_work",
                 "union_agreement", "mistakable_for_real"):  # fmt: skip
        if name in said:
            stated[name] = said[name]
    for name, part in (("inputs", "cleared"), ("references", "permission")):
        if said.get(name, UNSURE) != UNSURE:
            stated[name] = [_part(said, name, word, part) for word in said[name]]
    if said.get("talent", UNSURE) != UNSURE:
        stated["talent"] = [_performer(said, f"talent.{n}") for n in _numbers(said, "talent")]
    if said.get("training", UNSURE) != UNSURE:
        stated["training"] = None if said["training"] == "no" else _known(said, "training.")
    return stated


def _questions(given: Given) -> Iterator[Question]:
    """Every question that matters, given the answers so far, in order."""
    yield Question("title", "What do you want to do, in one line?",
                   "moodboard for the lighthouse interior", left=None)  # fmt: skip
    yield from _basics()
    yield from _tools(given)
    if not _generative(given):
        yield from _training(given)
        return
    yield from _plain_steps(given)
    yield from _finals(given)
    yield from _inputs(given)
    yield from _references(given)
    yield Question("imitates", "Will the result copy or closely recreate somebody else’s work?",
                   "the look of a known film’s monster", YES_NO)  # fmt: skip
    yield from _talent(given)
    yield from _union(given)
    yield Question("mistakable_for_real",
                   "Could an audience take it for a real event, person or statement?",
                   "a news clip that never happened", YES_NO)  # fmt: skip
    yield from _training(given)


def _basics() -> Iterator[Question]:
    yield Question("purpose", "What is it for? If two fit, take the weightier one.",
                   choices=PURPOSES, left=None)  # fmt: skip
    yield Question("outputs", "What comes out? Several numbers are fine: 1 3",
                   choices=OUTPUTS, several=True, left=None)  # fmt: skip


def _tools(given: Given) -> Iterator[Question]:
    for number in range(_MOST_ENTRIES):
        key = f"tools.{number}"
        named = given.get(f"{key}.name") or "this tool"
        which = "Which tool or model will you use?" if not number else "Which tool comes next?"
        yield Question(f"{key}.name", which, "Firefly, company plan. Enter when not chosen yet")
        yield Question(f"{key}.generative", f"Does {named} generate: make new pictures, sound or "
                       "words out of what it has learned?",
                       "yes for an image generator, no for a plain editor", YES_NO)  # fmt: skip
        if given.get(f"{key}.generative") != "no":
            yield from _terms(key, named)
        yield Question(f"{key}.more", "Is there another tool in the chain?",
                       "an upscaler after the generator", YES_NO, left="no")  # fmt: skip
        if given.get(f"{key}.more") != "yes":
            return


def _plain_steps(given: Given) -> Iterator[Question]:
    """The terms of plain steps: they count as soon as another step generates."""
    for number in _numbers(given, "tools"):
        key = f"tools.{number}"
        if given.get(f"{key}.generative") == "no":
            yield from _terms(key, given.get(f"{key}.name") or f"tool {number + 1}")


def _terms(key: str, named: str) -> Iterator[Question]:
    yield Question(f"{key}.environment", f"Where does {named} run, and under whose terms?",
                   choices=ENVIRONMENTS)  # fmt: skip
    yield Question(f"{key}.keeping", f"By its terms, does {named} do any of this with what goes "
                   "in or comes out? Several numbers are fine.",
                   choices=KEEPING, several=True)  # fmt: skip


def _generative(given: Given) -> bool:
    numbers = _numbers(given, "tools")
    return not numbers or any(given.get(f"tools.{n}.generative") != "no" for n in numbers)


def _finals(given: Given) -> Iterator[Question]:
    yield Question("final", "May any of it be seen, heard or read in what is delivered?",
                   "a poster on the wall of the set counts", YES_NO)  # fmt: skip
    if given.get("final") == "no":
        return
    yield Question("prominence", "How much would the audience notice it?", choices=PROMINENCES)
    yield Question("human_contribution", "Does a person shape the final version in a way that "
                   "matters?", "a painter works over it", YES_NO)  # fmt: skip


def _inputs(given: Given) -> Iterator[Question]:
    yield Question("inputs", "What goes into the tool, beside words you make up? Several numbers "
                   "are fine.", choices=INPUTS, several=True)  # fmt: skip
    words = dict(INPUTS)
    for word in _list(given, "inputs"):
        if word not in _FREE_INPUTS:
            yield Question(f"inputs.{word}.cleared", f"Has its owner, or the studio, approved this "
                           f"for this very tool: {words[word]}?",
                           "an e-mail that names material and tool", YES_NO)  # fmt: skip


def _references(given: Given) -> Iterator[Question]:
    yield Question("references", "Will prompts or guide pictures point at any of these? Several "
                   "numbers are fine.", choices=REFERENCES, several=True)  # fmt: skip
    words = dict(REFERENCES)
    for word in _list(given, "references"):
        yield Question(f"references.{word}.permission", "Has whoever holds the rights agreed: "
                       f"{words[word]}?", choices=YES_NO)  # fmt: skip


def _talent(given: Given) -> Iterator[Question]:
    yield Question("talent", "Does it make or change a performer’s face, body or voice?",
                   "de-ageing, a cloned voice, moved lips, an invented extra", YES_NO)  # fmt: skip
    if given.get("talent") != "yes":
        return
    for number in range(_MOST_ENTRIES):
        key = f"talent.{number}"
        yield Question(f"{key}.who", "Which performer or role?", "the captain")
        yield Question(f"{key}.effect", "What is done?", choices=EFFECTS)
        yield Question(f"{key}.change", "How far does it depart from what was performed?",
                       choices=CHANGES)  # fmt: skip
        if not _customary(given, key):
            yield Question(f"{key}.exemption", "Is there a reason why no further consent is "
                           "needed?", choices=EXEMPTIONS)  # fmt: skip
            if not _exempt(given, key):
                yield Question(f"{key}.consent", "Is there a documented consent that covers this?",
                               "a signed rider that describes it", YES_NO)  # fmt: skip
        again = "Is there another performer?"
        yield Question(f"{key}.more", again, choices=YES_NO, left="no")
        if given.get(f"{key}.more") != "yes":
            return


def _customary(given: Given, key: str) -> bool:
    change = given.get(f"{key}.change")
    return given.get(f"{key}.effect") == "alteration" and change in ("none", "customary")


def _exempt(given: Given, key: str) -> bool:
    """Whether the exemption makes consent moot: not where it contradicts the change."""
    exemption = given.get(f"{key}.exemption", UNSURE)
    if exemption == "as-recorded":
        return given.get(f"{key}.change") in ("none", "customary")
    return exemption not in ("none", UNSURE)


def _union(given: Given) -> Iterator[Question]:
    yield Question("union_work", "Does it replace work that union-covered people normally do?",
                   "extras, dubbing voices, writers, composers", YES_NO)  # fmt: skip
    if given.get("union_work") != "no":
        yield Question("union_agreement", "Are the agreements for that in place?", choices=YES_NO)


def _training(given: Given) -> Iterator[Question]:
    yield Question("training", "Will a model be trained or fine-tuned for this?",
                   "a style model from the art department’s sketches", YES_NO)  # fmt: skip
    if given.get("training") != "yes":
        return
    yield Question("training.on", "What does it learn from?", choices=TRAINED_ON)
    if given.get("training.on") not in ("own", "licensed"):
        yield Question("training.cleared", "Have the owners or performers agreed?", choices=YES_NO)
    yield Question("training.scope", "What may the model be used for?", choices=SCOPES)


def _list(given: Given, key: str) -> Sequence[str]:
    found = given.get(key, ())
    return found if isinstance(found, list) else ()


def _numbers(given: Given, key: str) -> list[int]:
    return [n for n in range(_MOST_ENTRIES) if any(k.startswith(f"{key}.{n}.") for k in given)]


def _step(said: Given, key: str) -> dict[str, str]:
    step = {name: said.get(f"{key}.{name}") for name in ("name", "environment")}
    if said.get(f"{key}.generative") in ("no", UNSURE):
        step["generative"] = said[f"{key}.generative"]
    keeping = said.get(f"{key}.keeping", UNSURE)
    if keeping != UNSURE:
        step |= {name: "yes" if name in keeping else "no" for name, _ in KEEPING[1:]}
    return {name: value for name, value in step.items() if value}


def _part(said: Given, key: str, word: str, part: str) -> dict[str, str]:
    answer = said.get(f"{key}.{word}.{part}")
    return {"what": word, part: answer} if answer else {"what": word}


def _performer(said: Given, key: str) -> dict[str, str]:
    known = _known(said, f"{key}.")
    known.pop("more", None)
    return known


def _known(said: Given, prefix: str) -> dict[str, str]:
    """The answers under a prefix, but for unsure ones, which leaving out says as well."""
    found = {key.removeprefix(prefix): value for key, value in said.items()
             if key.startswith(prefix)}  # fmt: skip
    return {name: value for name, value in found.items() if value and value != UNSURE}
