"""What a production knows: tools, people's consents, approvals, recorded files, as of a time.

Facts are stated by somebody and hold from a time; nothing here judges. Words that people
type are closed lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from checkthegate.model.canonical import Json
from checkthegate.model.use import Answer, Environment
from checkthegate.model.verdict import Grade


class ToolFactName(StrEnum):
    """What can be stated of a tool. `stores` and `trains` also have parts of their own."""

    ENVIRONMENT = "environment"
    STORES = "stores"
    ABUSE_LOGS = "abuse-log-retention"
    APPLICATION_STATE = "application-state"
    FILES = "files"
    CACHING = "caching"
    REUSES = "reuses"
    TRAINS = "trains"
    TRAINS_ON_INPUTS = "trains-on-inputs"
    TRAINS_ON_OUTPUTS = "trains-on-outputs"
    HUMAN_REVIEW = "human-review"
    SUB_PROCESSORS = "sub-processors"
    TRAINING_STATUS = "training-data-status"
    INDEMNITY = "indemnity"


class WorkKind(StrEnum):
    """Whose a reference work is."""

    PROTECTED = "protected"
    OWNED = "owned"


class ConsentType(StrEnum):
    """What a person consents to."""

    BIOMETRIC = "biometric"
    REPLICA = "replica"
    VOICE = "voice"
    ALTERATION = "alteration"
    DUBBING = "dubbing"
    TRAINING = "training"


class ConsentBasis(StrEnum):
    """How the material about a person came to be, or who consents in their place."""

    SCAN = "scan"
    FOOTAGE = "footage"
    RECORDINGS = "recordings"
    ESTATE = "estate"
    UNION = "union"
    OTHER = "other"


class ReplicaType(StrEnum):
    """Whether the person took part: employment-based, independently created, background."""

    EMPLOYMENT = "employment-based"
    INDEPENDENT = "independently-created"
    BACKGROUND = "background"


class Cover(StrEnum):
    """What an approval covers: these very bytes, this material however finished, a use."""

    BYTES = "bytes"
    MATERIAL = "material"
    USE = "use"


class SignatureStatus(StrEnum):
    """What is known of a signature on an approval's document."""

    NONE = "none"
    VERIFIED = "verified"
    UNTRUSTED = "untrusted"
    BROKEN = "broken"


class Promise(StrEnum):
    """What the declarer promised of recorded files."""

    TEMP = "temp"
    FINAL = "final"


class Made(StrEnum):
    """What AI did to recorded files."""

    GENERATED = "generated"
    MODIFIED = "modified"


class Modality(StrEnum):
    """What a person is recognised by."""

    FACE = "face"
    VOICE = "voice"


class Standing(StrEnum):
    """Where a permission stands as of a time. Only `in-force` is a yes."""

    IN_FORCE = "in-force"
    MISSING = "missing"
    NOT_YET = "not-yet"
    OUT_OF_SCOPE = "out-of-scope"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REFUSED = "refused"

    @property
    def known_no(self) -> bool:
        """Whether it is known to be a no; what is merely not on file is not known."""
        return self in _KNOWN_NO


_KNOWN_NO = frozenset(
    {Standing.SUSPENDED, Standing.EXPIRED, Standing.REVOKED, Standing.REFUSED},
)


@dataclass(frozen=True, slots=True)
class AsOf:
    """A time to judge by, in UTC ISO 8601 with microseconds.

    `valid`: what holds at that time. `known`: only what was recorded by then; None means
    everything that is on file now.
    """

    valid: str
    known: str | None = None


@dataclass(frozen=True, slots=True)
class ToolFact:
    """One dated statement about a tool: `answer` for a yes or no or a place, else `text`."""

    fact: ToolFactName
    answer: str | None
    text: str | None
    clause: str | None
    document: str | None
    reviewer: str | None
    holds_from: str
    review_by: str | None
    entry: int


@dataclass(frozen=True, slots=True)
class ToolAnswers:
    """What the registry can say of a tool as of a time: whatever is stale or missing is unsure.

    `unsure` says why, `contradictions` which statements cannot both be true, `stale` which
    facts are past their review, `facts` are the statements that counted.
    """

    tool: str | None
    name: str
    environment: Environment = Environment.UNSURE
    stores: Answer = Answer.UNSURE
    reuses: Answer = Answer.UNSURE
    trains: Answer = Answer.UNSURE
    unsure: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    facts: tuple[ToolFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """A person's documented permission or refusal. Limits that were not stated are None.

    `revoked_from` is when it was first revoked, `revoked_last` when that was last repeated.
    """

    id: str
    talent: str
    granted: bool
    types: frozenset[ConsentType]
    production: str | None
    purpose: str | None
    scope: str | None
    media: frozenset[str] | None
    territories: frozenset[str] | None
    languages: frozenset[str] | None
    starts: str | None
    ends: str | None
    strike_suspends: bool
    document: str | None
    holds_from: str
    at: str
    revoked_from: str | None = None
    revoked_last: str | None = None


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """Whether a person's consent is on file for an effect.

    `consent` is the row that decided. `limits` says what it is limited to. `conflicts` names
    consents that say otherwise. A consent without a document is not documented.
    """

    standing: Standing
    talent: str
    types: tuple[ConsentType, ...]
    reason: str
    consent: str | None = None
    documented: bool = False
    limits: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def answer(self) -> Answer:
        """yes only when in force and documented; no only when known to be one."""
        if self.standing is Standing.IN_FORCE and self.documented:
            return Answer.YES
        return Answer.NO if self.standing.known_no else Answer.UNSURE


@dataclass(frozen=True, slots=True)
class ApprovedRange:
    """Seconds of a recorded file that an approval covers; `digest` None: of any it names."""

    start: float
    end: float
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class WrittenApproval:
    """A named person's written yes or no from outside, imported as evidence.

    `files` are the digests it names. `imported_by` is who put it on file. `grade` is `proven`
    only when the document's signature verified against a configured certificate.
    """

    id: str
    granted: bool
    person: str
    capacity: str
    rules: frozenset[str]
    covers: Cover
    files: frozenset[str]
    use: str | None
    ranges: tuple[ApprovedRange, ...]
    scope: str | None
    until: str | None
    evidence: str | None
    signature: SignatureStatus
    standing: Standing
    holds_from: str
    imported_by: str
    at: str

    @property
    def grade(self) -> Grade:
        """How sure it is."""
        verified = self.signature is SignatureStatus.VERIFIED
        return Grade.PROVEN if verified else Grade.DECLARED


@dataclass(frozen=True, slots=True)
class Step:
    """One step that made recorded files: `tool` is a registered tool's id, if it is one."""

    name: str
    tool: str | None = None
    generative: Answer = Answer.YES
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """One file of a record. `facts` is what it said of its own making, as far as it may leave."""

    digest: str
    path: str
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """Generated files, with what made them."""

    id: str
    use: str
    steps: tuple[Step, ...]
    files: tuple[RecordedFile, ...]
    made: Made
    promise: Promise | None
    talents: tuple[str, ...]
    entry: int
