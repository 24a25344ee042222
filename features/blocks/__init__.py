"""Descriptor blocks: one file a block, each a scikit-learn transformer of mixtures."""
