"""The choices of every question: the word of the declaration, and what people read beside it."""

from __future__ import annotations

from typing import Final

Choices = tuple[tuple[str, str], ...]

YES_NO: Final[Choices] = (("yes", ""), ("no", ""))
PURPOSES: Final[Choices] = (
    ("ideation", "ideas only: moodboards, references"),
    ("temp", "a stand-in for the edit: temp VFX, scratch voice"),
    ("background", "something incidental in the picture: a poster, a leaflet"),
    ("key-visual", "a key visual: a poster, the titles, a hero prop"),
    ("character", "a main character"),
    ("setting", "a place that is central to the story"),
    ("talent", "a performer’s face, body or voice"),
    ("dubbing", "dubbing or another language"),
    ("writing", "script or other writing"),
    ("music", "music"),
    ("cleanup", "customary post work: roto, denoise, paint-out, upscale"),
    ("training", "training a model"),
    ("factual", "showing real events or people as real"),
    ("other", "none of these"),
)
OUTPUTS: Final[Choices] = (
    ("image", "pictures"),
    ("video", "moving pictures"),
    ("audio", "sound"),
    ("voice", "speech or singing"),
    ("music", "music"),
    ("text", "words"),
    ("3d", "3D models, textures, motion"),
)
ENVIRONMENTS: Final[Choices] = (
    ("netflix-enterprise", "an enterprise account that Netflix provides"),
    ("partner-enterprise", "your company’s own enterprise account"),
    ("verified-terms", "another plan whose terms somebody has read and checked"),
    ("local", "your own machines; nothing leaves them"),
    ("consumer", "a free, personal or standard plan"),
)
KEEPING: Final[Choices] = (
    ("none", "none of these; the terms say so"),
    ("stores", "it keeps it"),
    ("reuses", "its maker uses it for something else"),
    ("trains", "it learns from it"),
)
PROMINENCES: Final[Choices] = (
    ("none", "not at all"),
    ("incidental", "glimpsed"),
    ("prominent", "featured: read aloud, held on"),
    ("story", "it carries the story"),
)
INPUTS: Final[Choices] = (
    ("none", "nothing but words you make up"),
    ("public", "public-domain material"),
    ("own", "material of your own, not the production’s"),
    ("licensed", "licensed material"),
    ("script", "the script or parts of it"),
    ("unreleased", "unreleased material"),
    ("production-still", "production stills"),
    ("footage", "footage, dailies, sound"),
    ("talent-likeness", "a performer’s face, body or voice"),
    ("personal-data", "personal details of people"),
    ("contract", "a contract or deal terms"),
    ("third-party", "other people’s work"),
)
REFERENCES: Final[Choices] = (
    ("none", "none of these"),
    ("copyrighted-work", "a copyrighted work"),
    ("public-figure", "a public figure"),
    ("deceased-person", "a person who has died"),
    ("artist-style", "an artist’s style"),
    ("brand", "a brand"),
)
EFFECTS: Final[Choices] = (
    ("replica", "a digital double does something they did not do"),
    ("voice", "their voice is cloned or made"),
    ("likeness", "their face or body is made"),
    ("de-age", "they are made younger or older"),
    ("lip-sync", "their lips are moved to other words"),
    ("alteration", "a recorded performance is altered"),
    ("synthetic-performer", "a performer is invented"),
)
CHANGES: Final[Choices] = (
    ("none", "not at all"),
    ("customary", "customary touch-up: make-up, wardrobe, noise, timing"),
    ("tone-or-intent", "another tone, feeling or intent"),
    ("new-dialogue", "words they did not say"),
)
EXEMPTIONS: Final[Choices] = (
    ("none", "no"),
    ("as-recorded", "substantially as scripted, performed and recorded"),
    ("unsafe-activity", "it shows what would be unsafe to perform"),
    ("unrecognisable", "nobody could recognise them"),
)
TRAINED_ON: Final[Choices] = (
    ("own", "material of your own"),
    ("licensed", "licensed material"),
    ("third-party", "other people’s material"),
    ("performer", "a performer’s face, body or voice"),
)
SCOPES: Final[Choices] = (
    ("this-production", "this production only"),
    ("other", "something else as well"),
)
