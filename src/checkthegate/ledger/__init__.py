"""The ledger: entries in a Merkle tree, signed checkpoints, proofs, bundles. No I/O, no clock.

An Event is sealed as an Entry; checkpoints sign the tree over all entries; `verify_chain` names
every Break.
"""

from checkthegate.ledger.breaks import Break
from checkthegate.ledger.bundle import BundleVerdict, ProvenEntry, make_bundle, verify_bundle
from checkthegate.ledger.entries import (
    ERASED_ENTRIES,
    ERASURE_KIND,
    SALT_BYTES,
    Leaf,
    StoredEntry,
    entry_of,
    leaf,
    leaf_hash,
    parse_body,
    parse_leaf,
    salted_digest,
)
from checkthegate.ledger.faults import Malformed
from checkthegate.ledger.held import compare_held, held_checkpoint
from checkthegate.ledger.merkle import (
    Frontier,
    Node,
    NodeLookup,
    NodeRun,
    consistency_proof,
    inclusion_proof,
    lookup_in,
    root_at,
    tree_root,
)
from checkthegate.ledger.notes import (
    Checkpoint,
    PublicKey,
    key_fingerprint,
    note_signers,
    origin_of,
    parse_checkpoint,
    parse_key,
    parse_note,
    public_key,
    sign_checkpoint,
    sign_note,
)
from checkthegate.ledger.proofs import proves_consistency, proves_inclusion
from checkthegate.ledger.sealed import signed_checkpoint
from checkthegate.ledger.verification import (
    NOT_PROVEN,
    NodeRange,
    Verification,
    verify_chain,
)

__all__ = [
    "ERASED_ENTRIES",
    "ERASURE_KIND",
    "NOT_PROVEN",
    "SALT_BYTES",
    "Break",
    "BundleVerdict",
    "Checkpoint",
    "Frontier",
    "Leaf",
    "Malformed",
    "Node",
    "NodeLookup",
    "NodeRange",
    "NodeRun",
    "ProvenEntry",
    "PublicKey",
    "StoredEntry",
    "Verification",
    "compare_held",
    "consistency_proof",
    "entry_of",
    "held_checkpoint",
    "inclusion_proof",
    "key_fingerprint",
    "leaf",
    "leaf_hash",
    "lookup_in",
    "make_bundle",
    "note_signers",
    "origin_of",
    "parse_body",
    "parse_checkpoint",
    "parse_key",
    "parse_leaf",
    "parse_note",
    "proves_consistency",
    "proves_inclusion",
    "public_key",
    "root_at",
    "salted_digest",
    "sign_checkpoint",
    "sign_note",
    "signed_checkpoint",
    "tree_root",
    "verify_bundle",
    "verify_chain",
]
