"""Layers: what the user sees of a model's nodes.

A layer's id is its node name where that is present and unique, otherwise ``<op>_<number in topological order>``; nodes
of subgraph bodies are included, their ids prefixed by their owner's (``loop_0/body/add``). Constant nodes are values,
not layers. Ids never change by treatment: a node that a step creates carries the ids of the layers it came from in
``metadata_props[ORIGINS]``.
"""
