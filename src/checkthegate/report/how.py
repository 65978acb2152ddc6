"""How we know: evidence in a producer’s language, one or two sentences each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from checkthegate.model import Evidence
from checkthegate.report.editorial_words import EDITORIAL, editorial_words
from checkthegate.report.match_words import match_sentence, told_of
from checkthegate.report.text import count, listed, media_time

_SAYS: Final = {
    "ai-generated": "it was generated",
    "ai-modified": "it was changed with generative AI",
    "ai-possible": "it may be AI",
    "ai-tool": "it went through a tool that can generate, without saying whether it did",
    "ai-workflow": "it holds a recipe for generating",
    "ai-watermark": "it was generated",
    "camera-capture": "a camera or scanner captured it",
    "edited": "it was edited with an ordinary tool",
}
_PLACES: Final = {
    "png": "The PNG text inside the picture",
    "exif": "The EXIF metadata",
    "xmp": "The XMP metadata",
    "xmp-sidecar": "The XMP file lying beside it",
    "iptc": "The IPTC metadata",
    "jpeg": "A comment inside the JPEG",
    "webp": "The metadata inside the WebP",
    "gif": "A comment inside the GIF",
    "mp4": "The movie’s tags",
    "mov": "The movie’s tags",
    "matroska": "The movie’s tags",
    "mxf": "The MXF metadata",
    "avi": "The movie’s tags",
    "riff": "The sound file’s tags",
    "wav": "The sound file’s tags",
    "id3": "The sound file’s ID3 tags",
    "vorbis": "The sound file’s tags",
    "flac": "The sound file’s tags",
    "aiff": "The sound file’s tags",
    "exr": "The EXR header",
    "dpx": "The DPX header",
    "pdf": "The PDF’s properties",
    "docx": "The document’s properties",
    "fdx": "The screenplay’s properties",
    "json": "The JSON inside it",
    "text": "The text itself",
    "fountain": "The screenplay’s title page",
    "html": "The page’s own tags",
    "svg": "The drawing’s metadata",
    "rtf": "The document’s properties",
    "stealth": "A message hidden in the pixels",
}
_TOUCHED: Final = frozenset({"ai-tool", "edited"})
_OBSERVERS: Final = {
    "record": "what is on record",
    "fingerprint": "what is known by its content",
    "c2pa": "Content Credentials",
    "metadata": "metadata",
    "watermark": "pixel watermarks",
    "stealth": "messages hidden in pixels",
    "workflow": "workflow files",
    "hints": "file and folder names",
    "decode": "the picture or sound itself",
    "timeline": "the cut",
    "media": "the media of a cut",
    "package": "the package’s lists",
    "open": "the file or folder as a whole",
    "identify": "the file as a whole",
}


def how_we_know(evidence: Evidence | Mapping[str, Any]) -> str:
    """One evidence (the model's, or one of a report document) as sentences for a producer.

    Reads `claim`, `observer` and `detail`, of a match also where and what, never what is private.
    """
    told = told_of(evidence)
    if told is not None:
        return match_sentence(told)
    observer, claim, detail = _parts(evidence)
    return _teller(observer, claim, detail)(claim, detail)


def made_with(every: Iterable[Mapping[str, Any]], *, brief: bool = False) -> list[str]:
    """The distinct tools and models that evidence of AI names, each as one phrase.

    `brief` leaves the models out where a tool is named.
    """
    phrases: dict[str, None] = {}
    for evidence in every:
        _, claim, detail = _parts(evidence)
        phrase = (brief and _named_tool(detail)) or _tool_and_model(detail)
        if phrase and claim.startswith("ai-") and claim != "ai-hint":
            phrases[phrase] = None
    return [p for p in phrases if not any(p != q and q.startswith(p) for q in phrases)]


def observer_words(observer: str) -> str:
    """What an observer reads, in words: `pixel watermarks`; a stranger’s keeps its id."""
    return _OBSERVERS.get(observer, observer)


def _parts(evidence: Evidence | Mapping[str, Any]) -> tuple[str, str, Mapping[str, Any]]:
    if isinstance(evidence, Evidence):
        return evidence.observer, evidence.claim, evidence.detail
    return evidence["observer"], evidence["claim"], evidence["detail"]


def _teller(
    observer: str, claim: str, detail: Mapping[str, Any]
) -> Callable[[str, Mapping[str, Any]], str]:
    special = {
        "ai-watermark": _watermark,
        "ai-hint": _hint,
        "contradiction": _contradiction,
        "training-preference": _preference,
    }
    if claim in special:
        return special[claim]
    if claim in EDITORIAL:
        return editorial_words
    if observer == "c2pa" or claim == "credential":
        return _credential
    if claim == "ai-workflow" or detail.get("node_types"):
        return _workflow
    return _metadata


def _credential(claim: str, detail: Mapping[str, Any]) -> str:
    signer = _text(detail, "signer")
    by = f" by {signer}" if signer else ""
    subject = _credential_subject(detail)
    if claim == "credential":
        writer = _text(detail, "generator")
        said = f"{subject} a Content Credential{by}{f', written by {writer}' if writer else ''}."
    else:
        said = f"{subject} a Content Credential{by} that says {_says(claim, detail)}."
    return " ".join(filter(None, (said, _tool_sentence(claim, detail), _state(detail))))


def _credential_subject(detail: Mapping[str, Any]) -> str:
    if detail.get("manifest") != "ingredient":
        return "The file carries"
    if detail.get("relationship") == "parentOf":
        return "The file that this one was made from carries"
    return "Something that was put into this file carries"


def _says(claim: str, detail: Mapping[str, Any]) -> str:
    said = _SAYS.get(claim, claim.replace("-", " "))
    if claim == "edited" and _named_tool(detail):
        said = f"it was edited with {_named_tool(detail)}"
    source = _text(detail, "source_type")
    if detail.get("manifest") == "ingredient" and source == "trainedAlgorithmicMedia":
        said = _SAYS["ai-generated"]
    return f"{said} ({source})" if source else said


def _state(detail: Mapping[str, Any]) -> str:
    state = _text(detail, "state").lower()
    if state == "trusted":
        return "The credential is intact, and its signer is on a trust list here."
    if state == "valid":
        return "The credential is intact, but its signer is not on a trust list here."
    if not state:
        return ""
    codes = [str(code) for code in _sequence(detail, "codes")]
    codes = [code for code in codes if not code.endswith("untrusted")][:3] or codes[:1]
    why = f" ({listed(codes)})" if codes else ""
    return (
        f"The credential does not verify{why}: it is taken as somebody’s statement, not as proof."
    )


def _watermark(claim: str, detail: Mapping[str, Any]) -> str:
    whose = _text(detail, "tool") or _text(detail, "mark") or "a generator"
    agreeing, bits = detail.get("bits_agreeing"), detail.get("bits")
    if isinstance(bits, str):
        bits = len(bits)
    exact = f" ({agreeing} of {bits} bits)" if agreeing is not None and bits is not None else ""
    return f"The pixels carry the mark that {whose} puts into its pictures{exact}."


def _hint(claim: str, detail: Mapping[str, Any]) -> str:
    where = _text(detail, "key") or _text(detail, "carrier")
    named = {"file name": "The file’s name", "folder name": "The name of a folder above it"}
    tool = _text(detail, "tool") or "generative AI"
    place = named.get(where, "A name in or around the file")
    return f"{place} hints at {tool}. A hint alone settles nothing."


def _contradiction(claim: str, detail: Mapping[str, Any]) -> str:
    why = _text(detail, "why") or _text(detail, "reason")
    if why:
        return why
    between = _text(detail, "between") or listed([str(s) for s in _sequence(detail, "between")])
    told = f": {between}" if between else ""
    return f"Two statements in this file cannot both be true{told}."


def _preference(claim: str, detail: Mapping[str, Any]) -> str:
    uses = detail.get("uses")
    named = uses.items() if isinstance(uses, Mapping) else ()
    shown = [f"{use}: {wish}" for use, wish in named] or [_text(detail, "preference")]
    told = f" ({listed([one for one in shown if one][:4])})" if any(shown) else ""
    return f"The owner says whether this may be used to train or mine{told}."


def _workflow(claim: str, detail: Mapping[str, Any]) -> str:
    tool = _text(detail, "tool") or "generator"
    article = "An" if tool[:1].lower() in "aeiou" else "A"
    if claim == "ai-workflow":
        said = (
            f"This is {article.lower()} {tool} workflow: a recipe for generating, not its output."
        )
    else:
        said = f"{article} {tool} workflow is stored in the file."
    models = _models(detail)
    used = f" It used the {'model' if len(models) == 1 else 'models'} {listed(models)}."
    return said + (used if models else "")


def _metadata(claim: str, detail: Mapping[str, Any]) -> str:
    place = _PLACES.get(_text(detail, "carrier"), "The file’s metadata")
    key = _text(detail, "key")
    where = f"{place} ({key})" if key and len(key) <= 60 else place
    models = _model_sentence(detail) if claim.startswith("ai-") else ""
    return " ".join(filter(None, (_stated(where, claim, detail), models)))


def _stated(where: str, claim: str, detail: Mapping[str, Any]) -> str:
    tool = _named_tool(detail)
    verb = "say" if where.startswith("The") and "tags" in where.split("(")[0] else "says"
    source = _text(detail, "source_type")
    exact = f" ({source})" if source else ""
    if claim == "ai-generated" and tool:
        return f"{where} {verb} that {tool} generated it{exact}."
    if claim == "ai-modified" and tool:
        return f"{where} {verb} that {tool} changed it with generative AI{exact}."
    if claim in _TOUCHED and tool:
        can = ", a tool that can generate; whether it did is not said" if claim == "ai-tool" else ""
        return f"{where} {verb} that it went through {tool}{can}."
    if claim == "camera-capture":
        camera = _camera(detail) or tool
        return f"{where} {verb} that {camera or 'a camera or scanner'} captured it{exact}."
    return f"{where} {verb} that {_says(claim, detail)}."


def _camera(detail: Mapping[str, Any]) -> str:
    make, model = _text(detail, "make"), _text(detail, "model")
    known = model.lower().startswith(make.lower().split(" ")[0]) if make and model else False
    return model if known else " ".join(filter(None, (make, model)))


def _tool_sentence(claim: str, detail: Mapping[str, Any]) -> str:
    named = _tool_and_model(detail) or _text(detail, "generator")
    if not named or claim in ("credential", "edited"):
        return ""
    return f"It names {named}."


def _model_sentence(detail: Mapping[str, Any]) -> str:
    models = _models(detail)
    if not models:
        return ""
    return f"It used the {'model' if len(models) == 1 else 'models'} {listed(models)}."


def _tool_and_model(detail: Mapping[str, Any]) -> str:
    tool, models = _named_tool(detail), _models(detail)
    if tool and models:
        return f"{tool}, {'model' if len(models) == 1 else 'models'} {listed(models)}"
    return tool or listed(models)


def _named_tool(detail: Mapping[str, Any]) -> str:
    tool, version = _text(detail, "tool"), _text(detail, "tool_version")
    if not tool or not version or version in tool:
        return tool
    return version if tool.lower() in version.lower() else f"{tool} {version}"


def _models(detail: Mapping[str, Any]) -> list[str]:
    every = [str(one) for one in _sequence(detail, "models")] or [_text(detail, "model")]
    named = [one for one in dict.fromkeys(every) if one]
    if len(named) > 4:
        return [*named[:4], count(len(named) - 4, "other")]
    return named


def _text(detail: Mapping[str, Any], name: str) -> str:
    value = detail.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def _sequence(detail: Mapping[str, Any], name: str) -> list[Any]:
    value = detail.get(name)
    if isinstance(value, list | tuple):
        return [one for one in value if isinstance(one, str | int | float)]
    return []


def span_words(evidence: Mapping[str, Any], kind: str) -> str:
    """Where in the asset: `00:00:01.000 – 00:00:04.000`, characters for text, or nothing."""
    span = evidence.get("span")
    if not span:
        return ""
    if kind == "text" or evidence.get("detail", {}).get("by") == "words":
        return f"characters {span['start']:,.0f} – {span['end']:,.0f}"
    return f"{media_time(span['start'])} – {media_time(span['end'])}"
