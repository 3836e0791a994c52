"""The commands of `python -m ganplay`: each module adds its own to the parser and runs them."""

from ganplay.commands import bench, data, pretrain, record, scenario, table, train

MODULES = (train, scenario, record, table, bench, data, pretrain)
"""In the order of the help."""
