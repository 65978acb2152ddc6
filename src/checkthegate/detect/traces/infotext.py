"""The generation settings that A1111 and its kin write as text, taken apart.

a prompt, on any number of lines
Negative prompt: what to avoid
Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512, Model: name
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checkthegate.detect.traces.statement import basename, number
from checkthegate.model import Json

_PAIR = re.compile(r'(\w[\w \-/]{0,60}):\s{0,8}("(?:\\.|[^\\"])*"|\[[^\]]*\]|[^,\n]*)')
_STEPS = re.compile(r"Steps: ?\d{1,6}\b")
_LORA = re.compile(r"<(?:lora|lyco):([^:<>]{1,200})")
_MARKS = ("Sampler:", "CFG scale:", "Seed:", "Size:", "Model hash:", "Model:")
_SETTINGS_LIMIT = 65_536


@dataclass(frozen=True, slots=True)
class Infotext:
    """Prompt, what to avoid, and the settings by name as written."""

    prompt: str
    negative_prompt: str
    settings: Mapping[str, str]

    def detail(self) -> dict[str, Json]:
        """What may leave the home."""
        got = self.settings.get
        return {
            "model": basename(got("Model", "")),
            "steps": number(got("Steps", "")),
            "sampler": got("Sampler", ""),
            "cfg": number(got("CFG scale", "")),
            "size": got("Size", ""),
        }

    def private(self) -> dict[str, Json]:
        """What stays at home."""
        loras = list(dict.fromkeys(_LORA.findall(self.prompt[:1_000_000])))[:200]
        return {
            "prompt": self.prompt,
            "negative_prompt": self.negative_prompt,
            "seed": self.settings.get("Seed", ""),
            "loras": [basename(name) for name in loras],
        }

    @property
    def from_input(self) -> bool:
        """Whether the settings are those of changing a picture, not of making one.

        A denoising strength also belongs to the second pass of a text prompt, which says so.
        """
        if any(key.startswith(("Mask blur", "Masked", "Inpaint")) for key in self.settings):
            return True
        second_pass = any(k.startswith(("Hires", "First pass")) for k in self.settings)
        return "Denoising strength" in self.settings and not second_pass


def find(text: str) -> Infotext | None:
    """The settings in `text`, or None when it holds none. Linear in the text's length."""
    at = _settings_start(text)
    if at is None:
        return None
    line = text[at : at + _SETTINGS_LIMIT]
    head = text[:at]
    prompt, mark, negative = head.partition("Negative prompt:")
    if not mark and "Negative prompt:" in line:
        line, _, negative = line.partition("Negative prompt:")
    return Infotext(prompt.strip(), negative.strip(), _settings(line))


def looks_damaged(text: str) -> bool:
    """Whether enough of the settings' names are left in a text that `find` makes nothing of."""
    return sum(mark in text for mark in _MARKS) >= 4


def _settings_start(text: str) -> int | None:
    """Where the last line of settings begins; the line must hold two of the known names."""
    for found in _candidates(text):
        window = text[found : found + 4096]
        if sum(mark in window for mark in _MARKS) >= 2:
            return found
    return None


def _candidates(text: str) -> Iterator[int]:
    """At most 50 places of `Steps: <number>`, the last first."""
    end = len(text)
    for _ in range(50):
        end = text.rfind("Steps:", 0, end)
        if end < 0:
            return
        if _STEPS.match(text, end):
            yield end


def _settings(line: str) -> dict[str, str]:
    return {
        key.strip(): value.strip().strip('"')
        for key, value in (found.groups() for found in _PAIR.finditer(line))
    }
