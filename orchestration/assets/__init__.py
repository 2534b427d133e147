"""The assets of the night, in the order of the data: landing → raw → dbt → publication.

Each is a few lines that call `orchestration.refresh` or dbt; no parsing and no SQL here.
The modules do without `from __future__ import annotations`: Dagster reads the annotations of an asset's function as types.
"""
