#!/usr/bin/env python3
"""Verify a bundle of Check the Gate without Check the Gate.

    python3 verify_bundle.py BUNDLE [--key KEY]...

Needs Python 3.11 and nothing else. KEY is what you know of the signer beforehand: the whole key
(name+id+key) or its fingerprint (sha256:...). Without it nothing is OK: anybody can sign.
Prints OK and exits 0, or prints NOT OK with the reasons and exits 3.
"""

import base64
import json
import re
import sys
from hashlib import sha256, sha512
from pathlib import Path

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
BASE = (4 * pow(5, -1, P) % P).to_bytes(32, "little")
LEAF = re.compile(
    r'\{"at":"([0-9T:.-]{26}Z)","body":"(sha256:[0-9a-f]{64})","entry":(0|[1-9][0-9]{0,14}),'
    r'"kind":"([a-z0-9-]+)","schema":"checkthegate\.entry/1"\}'
)


def point(raw: bytes) -> tuple[int, int]:
    """A point of the curve Ed25519 from its 32 bytes (RFC 8032, 5.1.3)."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if len(raw) != 32 or y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError("not a point of the curve")
    return (x if x & 1 == sign else P - x), y


def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """The sum of two points."""
    t = D * a[0] * b[0] * a[1] * b[1]
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + t, -1, P)
    return x % P, (a[1] * b[1] + a[0] * b[0]) * pow(1 - t, -1, P) % P


def times(factor: int, a: tuple[int, int]) -> tuple[int, int]:
    """A point added to itself `factor` times."""
    total = (0, 1)
    for bit in f"{factor:b}":
        total = add(add(total, total), a) if bit == "1" else add(total, total)
    return total


def is_signed(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this is the key's Ed25519 signature of the message (RFC 8032, 5.1.7)."""
    r, a = point(signature[:32]), point(key)
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % L
    return len(signature) == 64 and s < L and times(s, point(BASE)) == add(r, times(h, a))


def root(hashes: list[bytes]) -> bytes:
    """The tree's root over all leaf hashes."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256(b"").digest()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\x01" + root(hashes[:half]) + root(hashes[half:])).digest()


def climb(hashed: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """The root that a proof leads to, from leaf `index` of `size`; empty if it does not fit."""
    if size == 1 or not proof:
        return hashed if size == 1 and not proof else b""
    half, sibling = 1 << (size - 1).bit_length() - 1, proof[-1]
    if index < half:
        return sha256(b"\x01" + climb(hashed, index, half, proof[:-1]) + sibling).digest()
    return sha256(b"\x01" + sibling + climb(hashed, index - half, size - half, proof[:-1])).digest()


def note_text(note: str, name: str, key: bytes) -> str:
    """The text of a note that this key, and no other, signed under this name (C2SP)."""
    text, _, line = note.rpartition("\n\n")
    coded = base64.b64decode(line[len(name) + 3 : -1], validate=True)
    key_id = sha256(name.encode() + b"\n\x01" + key).digest()[:4]
    same = coded[:4] == key_id and line == f"— {name} {base64.b64encode(coded).decode()}\n"
    if not (same and is_signed(key, coded[4:], f"{text}\n".encode())):
        raise ValueError("a signature by its key is wrong or missing")
    return text


def entry_fault(entry: dict, place: int, size: int, top: bytes, complete: bool) -> str:
    """What is wrong with an entry; empty when it verifies."""
    found = LEAF.fullmatch(entry["leaf"])
    if not found or int(found[3]) >= size or (complete and int(found[3]) != place):
        return "is not in its form or place"
    hashed = sha256(b"\x00" + entry["leaf"].encode()).digest()
    proof = [bytes.fromhex(part) for part in entry["proof"]]
    if not complete and climb(hashed, int(found[3]), size, proof) != top:
        return "has a proof that does not lead to the checkpoint"
    if entry["event"] is None and entry["salt"] is None:
        return ""
    salt, body = bytes.fromhex(entry["salt"]), entry["event"].encode()
    event = json.loads(body)
    if len(salt) != 32 or f"sha256:{sha256(salt + body).hexdigest()}" != found[2]:
        return "has a body or salt that was changed"
    return "" if (event["at"], event["kind"]) == (found[1], found[4]) else "does not fit its body"


def faults(content: bytes, trusted: list[str]) -> list[str]:
    """All reasons why the bundle is not OK."""
    once = {"object_pairs_hook": lambda p: dict(p) if len(dict(p)) == len(p) else None}
    bundle = json.loads(content.decode(), **once)  # a name that is there twice spoils its object
    name, _, coded = bundle["key"].split("+", 2)
    key = base64.b64decode(coded, validate=True)[1:]
    fingerprint, found = f"sha256:{sha256(key).hexdigest()}", []
    seal = note_text(bundle.pop("seal"), name, key)
    plain = json.dumps(bundle, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if seal != f"checkthegate.bundle/1\nsha256:{sha256(plain.encode()).hexdigest()}":
        found.append("the bundle was changed after it was made")
    origin, size, top = note_text(bundle["checkpoint"], name, key).split("\n")
    if not origin == name == f"checkthegate/{fingerprint[7:23]}":
        found.append("the checkpoint is of another ledger than the key's")
    size, top = int(size), base64.b64decode(top, validate=True)
    for place, entry in enumerate(bundle["entries"]):
        if fault := entry_fault(entry, place, size, top, bundle["complete"]):
            found.append(f"entry at place {place} of the bundle {fault}")
    hashes = [sha256(b"\x00" + entry["leaf"].encode()).digest() for entry in bundle["entries"]]
    if bundle["complete"] and (len(hashes) != size or root(hashes) != top):
        found.append("the entries are not those that the checkpoint signs")
    if not {fingerprint, bundle["key"]} & set(trusted):
        found.append(f"its key is not one you named: {fingerprint}")
    return found


def main(words: list[str]) -> int:
    """Verify the file named on the command line."""
    if len(words) % 2 == 0 or {*words[1::2]} - {"--key"} or not Path(words[0]).is_file():
        print(__doc__, file=sys.stderr)
        return 2
    try:
        found = faults(Path(words[0]).read_bytes(), words[2::2])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as problem:
        found = [f"it is not a bundle, or was changed: {problem}"]
    print("\n".join([*(f"- {reason}" for reason in found), "NOT OK" if found else "OK"]))
    return 3 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
