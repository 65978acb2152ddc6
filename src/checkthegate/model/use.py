"""A declared use of generative AI: `checkthegate.use/1`, every answer as it was given.

`None` means that a question was left out, which counts as `unsure`; an empty tuple means
"none". The words are those of the declaration; nothing here judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """The three answers to every question. `unsure` is treated like the one that escalates."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Phase(StrEnum):
    """When in the production."""

    DEVELOPMENT = "development"
    PRE_PRODUCTION = "pre-production"
    PRODUCTION = "production"
    POST_PRODUCTION = "post-production"
    MARKETING = "marketing"


class Purpose(StrEnum):
    """What the output is for."""

    IDEATION = "ideation"
    TEMP = "temp"
    BACKGROUND = "background"
    KEY_VISUAL = "key-visual"
    CHARACTER = "character"
    SETTING = "setting"
    TALENT = "talent"
    DUBBING = "dubbing"
    WRITING = "writing"
    MUSIC = "music"
    CLEANUP = "cleanup"
    TRAINING = "training"
    FACTUAL = "factual"
    OTHER = "other"


class Output(StrEnum):
    """What comes out."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"
    MUSIC = "music"
    TEXT = "text"
    THREE_D = "3d"


class Environment(StrEnum):
    """Where a tool runs and under whose terms."""

    NETFLIX_ENTERPRISE = "netflix-enterprise"
    PARTNER_ENTERPRISE = "partner-enterprise"
    VERIFIED_TERMS = "verified-terms"
    LOCAL = "local"
    CONSUMER = "consumer"
    UNSURE = "unsure"


class Prominence(StrEnum):
    """How much of it is seen or heard in the final."""

    NONE = "none"
    INCIDENTAL = "incidental"
    PROMINENT = "prominent"
    STORY = "story"
    UNSURE = "unsure"


class InputKind(StrEnum):
    """What goes into a tool."""

    PUBLIC = "public"
    OWN = "own"
    LICENSED = "licensed"
    SCRIPT = "script"
    UNRELEASED = "unreleased"
    PRODUCTION_STILL = "production-still"
    FOOTAGE = "footage"
    TALENT_LIKENESS = "talent-likeness"
    PERSONAL_DATA = "personal-data"
    CONTRACT = "contract"
    THIRD_PARTY = "third-party"


class ReferenceKind(StrEnum):
    """What a prompt or guide image points at."""

    COPYRIGHTED_WORK = "copyrighted-work"
    PUBLIC_FIGURE = "public-figure"
    DECEASED_PERSON = "deceased-person"
    ARTIST_STYLE = "artist-style"
    BRAND = "brand"


class Effect(StrEnum):
    """What is done to a performer."""

    REPLICA = "replica"
    VOICE = "voice"
    LIKENESS = "likeness"
    DE_AGE = "de-age"
    LIP_SYNC = "lip-sync"
    ALTERATION = "alteration"
    SYNTHETIC_PERFORMER = "synthetic-performer"


class Change(StrEnum):
    """How far it departs from what was performed."""

    NONE = "none"
    CUSTOMARY = "customary"
    TONE_OR_INTENT = "tone-or-intent"
    NEW_DIALOGUE = "new-dialogue"
    UNSURE = "unsure"


class Exemption(StrEnum):
    """Why no further consent is needed."""

    NONE = "none"
    AS_RECORDED = "as-recorded"
    UNSAFE_ACTIVITY = "unsafe-activity"
    UNRECOGNISABLE = "unrecognisable"


class TrainedOn(StrEnum):
    """What a model is trained or fine-tuned on."""

    OWN = "own"
    LICENSED = "licensed"
    THIRD_PARTY = "third-party"
    PERFORMER = "performer"


class TrainingScope(StrEnum):
    """What a trained model is for."""

    THIS_PRODUCTION = "this-production"
    OTHER = "other"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class ToolStep:
    """One tool or model of a pipeline. `generative` left out means yes."""

    name: str | None = None
    environment: Environment | None = None
    stores: Answer | None = None
    reuses: Answer | None = None
    trains: Answer | None = None
    generative: Answer = Answer.YES


@dataclass(frozen=True, slots=True)
class Input:
    """Something that goes in; `cleared`: its owner or the studio approved it for this tool."""

    what: InputKind
    cleared: Answer | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Something a prompt or guide image points at."""

    what: ReferenceKind
    permission: Answer | None = None


@dataclass(frozen=True, slots=True)
class TalentEntry:
    """What is done to one performer, and their consent."""

    who: str | None = None
    effect: Effect | None = None
    change: Change | None = None
    exemption: Exemption | None = None
    consent: Answer | None = None


@dataclass(frozen=True, slots=True)
class Training:
    """A model that is trained or fine-tuned."""

    on: TrainedOn | None = None
    cleared: Answer | None = None
    scope: TrainingScope | None = None


@dataclass(frozen=True, slots=True)
class NoTraining:
    """The declarer said that nothing is trained (`training: null`)."""


@dataclass(frozen=True, slots=True)
class DeclaredUse:
    """A declaration. Only `title`, `purpose`, `outputs` and `tools` are mandatory."""

    title: str
    purpose: Purpose
    outputs: tuple[Output, ...]
    tools: tuple[ToolStep, ...]
    production: str | None = None
    department: str | None = None
    vendor: str | None = None
    shot: str | None = None
    declared_by: str | None = None
    phase: Phase | None = None
    final: Answer | None = None
    prominence: Prominence | None = None
    human_contribution: Answer | None = None
    inputs: tuple[Input, ...] | None = None
    references: tuple[Reference, ...] | None = None
    imitates: Answer | None = None
    talent: tuple[TalentEntry, ...] | None = None
    union_work: Answer | None = None
    union_agreement: Answer | None = None
    mistakable_for_real: Answer | None = None
    training: Training | NoTraining | None = None
