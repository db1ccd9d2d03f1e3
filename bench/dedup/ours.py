"""What we find: pairs that were verified, clusters, and what becomes of the files."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass

from bench.dedup.sample import FAMILY
from bench.dedup.truth import Pairs, shingles, similarity
from codekiln.cleaning import DuplicateCluster, Text, duplicates
from codekiln.cleaning.deduplication.links import NEAR, waiting
from codekiln.cleaning.standalone import comparing


@dataclass(frozen=True)
class Result:
    """Of one run: pairs of documents found alike, clusters, CPU seconds."""

    pairs: set[tuple[int, int]]
    clusters: list[DuplicateCluster]
    cpu_seconds: float


def run(documents: list[bytes], threshold: float) -> Result:
    """CPU time is of `duplicates` as anybody calls it; pairs are read from a second search."""
    duplicates(documents[:8], threshold=threshold)  # imports what is imported when it is needed
    start = time.process_time()
    clusters = duplicates(documents, threshold=threshold)
    seconds = time.process_time() - start
    return Result(_pairs(documents, threshold), clusters, seconds)


def _pairs(documents: list[bytes], threshold: float) -> set[tuple[int, int]]:
    plan, store = comparing.search(documents, threshold)
    starts = [0]
    for shard in plan.shards:
        starts.append(starts[-1] + shard.files)
    groups: dict[int, list[int]] = {}
    near: list[tuple[int, int]] = []
    for part in range(plan.parts):
        for link in waiting(store, plan, ["equal", "near"], part).to_pylist():
            better, worse = (starts[link[end] >> 32] + (link[end] & 0xFFFFFFFF) for end in ("better", "worse"))
            if link["kind"] == NEAR:
                near.append((better, worse))
            else:
                groups.setdefault(better, [better]).append(worse)
    found = {(a, b) for group in groups.values() for a in group for b in group if a < b}
    for one, other in near:
        found |= {(min(a, b), max(a, b)) for a in groups.get(one, [one]) for b in groups.get(other, [other])}
    return found


def score(found: set[tuple[int, int]], truth: Pairs) -> tuple[float, float]:
    """Recall and precision of pairs."""
    hits = len(found & truth.keys())
    return hits / max(1, len(truth)), hits / max(1, len(found))


def fates(
    clusters: list[DuplicateCluster], sets: list[frozenset[int]], truth: Pairs, threshold: float
) -> dict[str, float]:
    """What becomes of the files, by the exact similarities; beside it what connected components would do."""
    gone = {m: c.survivor for c in clusters for m in c.members if m != c.survivor}
    to_survivor = [similarity(sets[member], sets[survivor]) for member, survivor in gone.items()]
    alike = sum(value >= threshold for value in to_survivor)
    both_left = sum(a not in gone and b not in gone for a, b in truth)
    groups = [cluster.members for cluster in clusters]
    components = _components(truth)
    neighbours: dict[int, set[int]] = defaultdict(set)
    for a, b in truth:
        neighbours[a].add(b)
        neighbours[b].add(a)
    longest = [max(group, key=lambda item: len(sets[item])) for group in components]
    gone_by_components = [(m, s) for s, group in zip(longest, components, strict=True) for m in group if m != s]
    return {
        "dropped": len(gone),
        "dropped_alike_to_survivor": alike / max(1, len(gone)),
        "least_similarity": min(to_survivor, default=1.0),
        "pairs_left": both_left / max(1, len(truth)),
        "same_cluster_precision": _share_true(groups, truth),
        "same_cluster_recall": len(_together(groups) & truth.keys()) / max(1, len(truth)),
        "components_dropped": len(gone_by_components),
        "components_alike_to_survivor": sum(s in neighbours[m] for m, s in gone_by_components)
        / max(1, len(gone_by_components)),
        "components_precision": _share_true([tuple(group) for group in components], truth),
    }


def of_families(texts: list[Text], threshold: float) -> dict[str, float]:
    """Of pairs of a family, and of those that are alike, how many are in one cluster; and if there are others there."""
    clusters = duplicates(texts, threshold=threshold)
    together = _together([cluster.members for cluster in clusters])
    sets = [shingles(bytes(text.text), "words") for text in texts]
    family = {(a, b) for b in range(len(texts)) for a in range(b - b % FAMILY, b)}
    similar = {(a, b) for a, b in family if similarity(sets[a], sets[b]) >= threshold}
    return {
        "families": len(texts) // FAMILY,
        "recall": len(together & family) / max(1, len(family)),
        "recall_of_similar": len(together & similar) / max(1, len(similar)),
        "precision": len(together & family) / max(1, len(together)),
    }


def _components(pairs: Pairs) -> list[list[int]]:
    parents: dict[int, int] = {}

    def root(item: int) -> int:
        while parents.setdefault(item, item) != item:
            item = parents[item] = parents[parents[item]]
        return item

    for a, b in pairs:
        parents[max(root(a), root(b))] = min(root(a), root(b))
    groups: dict[int, list[int]] = defaultdict(list)
    for item in sorted(parents):
        groups[root(item)].append(item)
    return list(groups.values())


def _share_true(groups: list[tuple[int, ...]], truth: Pairs) -> float:
    found = _together(groups)
    return len(found & truth.keys()) / max(1, len(found))


def _together(groups: list[tuple[int, ...]]) -> set[tuple[int, int]]:
    return {(a, b) for group in groups for i, b in enumerate(sorted(group)) for a in sorted(group)[:i]}
