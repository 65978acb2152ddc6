"""Screenplays and prose by script: seeded, with everyday phrases, headings and notices in common.

Scripts of one production share people, places, title page and notice; all share everyday lines.
Nothing else is shared but what is planted: passages copied, lightly or heavily revised, quoted in
less than a sentence.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

LEVELS = ("copied", "light", "heavy", "quoted")
"""Edits of a planted passage: none, a word in eight, two words in five with sentences moved about,
or only a few words of it."""


def _listed(words: str) -> list[str]:
    return words.split()


_ADJECTIVES = _listed(
    """
    old young empty broken heavy quiet rusted golden narrow distant careful wet cold bright
    hollow crooked patient hungry foreign silver wooden sudden nervous gentle bitter ancient
    ragged pale stubborn clever faded restless dusty frozen secret lonely modern torn swollen
    plain curious crimson velvet muddy ordinary famous shallow drowsy polished fragile
    """
)
_NOUNS = _listed(
    """
    nurse sailor lantern key boat letter orange telephone bridge suitcase map bell coat button
    clock umbrella ticket soldier staircase envelope piano photograph wall soup generator
    bicycle door captain stranger kite window watchman teacher gull harbour priest engine
    passenger sergeant baker mirror ladder cellar violin orchard widow tailor compass ferry
    magician engraver archive pharmacist telescope carpet locket scaffold tunnel accordion
    fountain detective barber kettle quarry ledger anchor pilgrim beekeeper turbine greenhouse
    projector cathedral
    """
)
_VERBS = _listed(
    """
    watches carries forgets counts drops mends follows hides steals paints breaks remembers
    lifts ignores polishes questions wraps circles abandons inspects photographs sweeps measures
    buries repairs borrows unfolds describes sells weighs shelters answers hears trusts sketches
    guards collects burns rescues blames unlocks studies misses loses finds keeps moves warms
    rents translates
    """
)
_WHERE = _listed(
    """
    beside behind under near above against without after before across inside beyond among
    toward past
    """
)
_JOINS = (", and ", " while ", " because ", " until ", " so ", " but ", " although ", " as ")
_EVERYDAY = """What are you doing here?
I don't know what you're talking about.
We have to get out of here right now.
Are you all right?
Nice to meet you.
I'll be right back.
There is nothing we can do about it.
Thank you very much.
You have got to be kidding me.
Let me get this straight.
I can't believe you did that.
It was a long time ago.
Do you want a cup of coffee?
Where have you been all night?
I'm so sorry for your loss.
That is not what I said.
You should not have come here.
Everything is going to be fine.
How long have you known about this?
Wait a minute.
I have no idea what to do.
What do you want me to say?
It's been a long day.
Can I ask you something?
I thought you were dead.
Why didn't you tell me before?
We don't have much time.
You don't have to do this.
Who else knows about this?
Give me one good reason why I should.
I never meant to hurt you.
Come on, let's go home.
Leave me alone.
What is that supposed to mean?
Don't even think about it.
That's the whole point, isn't it?
I need to talk to you about something.
Look at me when I'm talking to you.
Are you out of your mind?
I'll see you in the morning.""".splitlines()
_PLACES = _listed(
    """
    HARBOUR KITCHEN CHAPEL STATION PIER CORRIDOR ROOFTOP GARDEN OFFICE FERRY
    """
)
_TIMES = _listed(
    """
    DAY NIGHT DUSK MORNING CONTINUOUS LATER
    """
)
_PEOPLE = ("MARTA", "ELIAS", "THE CAPTAIN", "JONAH", "DR. WEN", "RUTH", "OLD TOMAS", "MRS. VALE")
TITLE_PAGE = """Title: {title}
Credit: Written by
Author: A. Writer
Draft date: 1/2/2026
Contact:
    Long Pier Productions Ltd.
    14 Harbour Street, Suite 5
    London, office@longpier.example.com, phone 555 0100

This screenplay is the confidential and proprietary property of Long Pier Productions and may not
be performed, published, distributed, reproduced, sold or quoted, in whole or in part, for any
purpose whatsoever without the prior written permission of the author. All rights reserved.

"""


def sentence(chance: random.Random) -> str:
    """A sentence of some ten to twenty-five words."""
    clauses = [_clause(chance) for _ in range(chance.choice((1, 2, 2, 3)))]
    joined = clauses[0]
    for clause in clauses[1:]:
        joined += chance.choice(_JOINS) + clause
    return joined[0].upper() + joined[1:] + "."


def _clause(chance: random.Random) -> str:
    words = [_thing(chance), chance.choice(_VERBS), _thing(chance)]
    if chance.random() < 0.6:
        words += [chance.choice(_WHERE), _thing(chance)]
    return " ".join(words)


def _thing(chance: random.Random) -> str:
    noun = chance.choice(_NOUNS)
    if chance.random() < 0.5:
        noun = f"{chance.choice(_ADJECTIVES)} {noun}"
    return f"{chance.choice(('the', 'the', 'a', 'his', 'her', 'their', 'this', 'that'))} {noun}"


def passage(chance: random.Random, words: int) -> str:
    """At least so many words of prose."""
    found = sentence(chance)
    while len(found.split()) < words:
        found += " " + sentence(chance)
    return found


def screenplay(chance: random.Random, scenes: int, planted: Sequence[str] = ()) -> str:
    """A screenplay; of `planted`, each goes into a scene of its own, as action."""
    parts = [TITLE_PAGE.format(title=f"Draft {chance.randrange(10**6)}")]
    where = dict(zip(chance.sample(range(scenes), len(planted)), planted, strict=True))
    for number in range(scenes):
        parts.append(_scene(chance, where.get(number, "")))
    return "\n".join(parts)


def _scene(chance: random.Random, planted: str) -> str:
    place, time = chance.choice(_PLACES), chance.choice(_TIMES)
    parts = [f"{chance.choice(('INT', 'EXT'))}. {place} - {time}", passage(chance, 30)]
    for _ in range(chance.randint(2, 5)):
        said = chance.choice(_EVERYDAY) if chance.random() < 0.35 else sentence(chance)
        parts.append(f"{chance.choice(_PEOPLE)}\n{said}")
    if planted:
        parts.insert(chance.randint(2, len(parts)), planted)
    return "\n\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class Planted:
    """A passage in a target: the edit, the source's number, and the text as it was put in."""

    level: str
    source: int
    text: str


def edited(chance: random.Random, text: str, level: str) -> str:
    """A passage edited as `level` says."""
    if level == "copied":
        return text
    if level == "quoted":
        words = text.split()
        return " ".join(words[3 : 3 + chance.randint(5, 9)])
    rate = 0.125 if level == "light" else 0.4
    sentences = [_revised(chance, each, rate) for each in text.split(". ")]
    if level == "heavy":
        chance.shuffle(sentences)
    return ". ".join(sentences)


def _revised(chance: random.Random, text: str, rate: float) -> str:
    """Words replaced (three in five of the edits), left out, or put in."""
    words = list[str]()
    spare = (*_ADJECTIVES, *_NOUNS, *_VERBS, *_WHERE)
    for word in text.split():
        if chance.random() >= rate:
            words.append(word)
            continue
        edit = chance.random()
        if edit < 0.6:
            words.append(chance.choice(spare))
        elif edit < 0.8:
            words.extend((word, chance.choice(spare)))
    return " ".join(words)
