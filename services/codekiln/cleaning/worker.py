"""The cleaning job: filters every shard, finds duplicates over all of them, writes what is left, reports.

    python -m codekiln.cleaning.worker JOB_ID ATTEMPT

Filtering and writing are one task a shard, on Dask. Their results lie under the work prefix and are found again by the
next attempt; the dataset exists only once its manifest does.
"""

from __future__ import annotations

from codekiln.cleaning.anonymize import keys
from codekiln.cleaning.spec import CODE_VERSION, KEY_PARAMETER, CleaningSpec
from codekiln.core.artifacts import Key, Manifest
from codekiln.core.jobs.worker import Context, Stage, run_worker
from codekiln.core.spec import to_json


def identify(spec: CleaningSpec, context: Context) -> Key:
    """The dataset's identity: nothing is read for it but the key of the substitutes, which is made at its first use."""
    parameters = {k: v for k, v in to_json(spec).items() if k not in ("corpus", "benchmarks")}
    for name in ("licenses", "opt_outs", "anonymize_also"):
        parameters[name] = sorted(set(parameters[name]))
    parameters[KEY_PARAMETER] = keys.fingerprint(keys.of_store(context.store))
    return Key("dataset", CODE_VERSION, parameters, (spec.corpus, *sorted(set(spec.benchmarks))))


def work(spec: CleaningSpec, key: Key, context: Context) -> Manifest:
    """Cleans the corpus."""
    from codekiln.cleaning.cleaning import clean

    return clean(spec, key, context)


STAGES = [Stage("cleaning", CleaningSpec, identify, work)]

if __name__ == "__main__":
    run_worker("cleaning", STAGES)
