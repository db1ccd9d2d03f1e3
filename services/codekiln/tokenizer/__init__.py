"""The tokenizer service: trains a vocabulary on cleaned code and packs datasets into token shards.

Read in order: spec (what may be asked), documents and holdout (what is read, what is kept apart), split (where text is
cut before merging), training, vocabulary and export (what comes out), compression and peers (how good it is), packing.
"""
